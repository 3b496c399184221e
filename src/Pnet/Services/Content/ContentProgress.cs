namespace Pnet.Services.Content;

/// <summary>How far the fetching of a content has got; may be read while it runs.</summary>
public sealed class ContentProgress
{
    private long _length;
    private long _present;
    private long _fetched;

    /// <summary>The content's length in bytes; 0 until somebody has told.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>Bytes of it that are there, and right.</summary>
    public long Bytes => Interlocked.Read(ref _present) + BytesFetched;

    /// <summary>Bytes of those that came.</summary>
    public long BytesFetched => Interlocked.Read(ref _fetched);

    internal void Begin(long length, long present)
    {
        // What an attempt before this one has fetched is present by now, and counted as fetched already.
        Interlocked.Exchange(ref _present, present - BytesFetched);
        Interlocked.Exchange(ref _length, length);
    }

    internal void Fetched(long bytes) => Interlocked.Add(ref _fetched, bytes);
}
