namespace Pnet.Transports;

/// <summary>How much a splice has carried so far; may be read while it runs.</summary>
/// <param name="total">Counts as well what these count: the splices of a whole tunnel, or <see langword="null"/>.</param>
public sealed class SpliceCounters(SpliceCounters? total = null)
{
    private long _fromA;
    private long _fromB;

    /// <summary>Bytes that were read from the first transport and written to the second.</summary>
    public long BytesFromA => Interlocked.Read(ref _fromA);

    /// <summary>Bytes that were read from the second transport and written to the first.</summary>
    public long BytesFromB => Interlocked.Read(ref _fromB);

    internal void Add(bool fromA, long bytes)
    {
        Interlocked.Add(ref fromA ? ref _fromA : ref _fromB, bytes);
        total?.Add(fromA, bytes);
    }
}
