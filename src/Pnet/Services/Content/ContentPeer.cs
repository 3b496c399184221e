namespace Pnet.Services.Content;

/// <summary>What a peer gave of a content.</summary>
/// <param name="Peer">Where it was asked: a node's address.</param>
/// <param name="Bytes">Bytes of the content that came from it and were right.</param>
/// <param name="Error">Why it was asked no more, where that was before the end.</param>
/// <param name="HasNot">Whether that is only that it doesn't have the content.</param>
public sealed record ContentPeer(string Peer, long Bytes, string? Error, bool HasNot = false);
