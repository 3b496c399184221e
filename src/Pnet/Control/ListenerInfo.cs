namespace Pnet.Control;

/// <summary>A place where a node accepts links.</summary>
/// <param name="Endpoint">Its URI, with the real port where 0 was asked for.</param>
/// <param name="Accepted">Transports accepted since it began.</param>
public sealed record ListenerInfo(string Endpoint, long Accepted);
