namespace Pnet.Transports;

/// <summary>How a splice went.</summary>
/// <param name="BytesFromA">Bytes from the first transport to the second.</param>
/// <param name="BytesFromB">Bytes from the second transport to the first.</param>
/// <param name="StatusA">The status the first transport ended with, see <see cref="ITransport.EndStatus"/>.</param>
/// <param name="StatusB">The status the second transport ended with.</param>
public readonly record struct SpliceResult(long BytesFromA, long BytesFromB, int? StatusA, int? StatusB);
