namespace Pnet.Routing;

/// <summary>What became of one message of a ping.</summary>
/// <param name="Sequence">Its number, from 1.</param>
/// <param name="RoundTrip">How long it took to come back, or <see langword="null"/> when it did not in time.</param>
public readonly record struct PingResult(int Sequence, TimeSpan? RoundTrip);
