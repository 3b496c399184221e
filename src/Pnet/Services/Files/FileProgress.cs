namespace Pnet.Services.Files;

/// <summary>How far a copy has got; may be read while it runs.</summary>
public sealed class FileProgress
{
    private long _bytes;
    private long _bytesFound;
    private long _sent;
    private long _files;
    private long _filesFound;
    private long _failed;
    private volatile string? _current;

    /// <summary>Bytes of the files that are done, and of what there is of the others.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Bytes of all files found so far.</summary>
    public long BytesFound => Interlocked.Read(ref _bytesFound);

    /// <summary>Bytes of files that crossed the wire.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Files that are done, whatever became of them.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Files found so far.</summary>
    public long FilesFound => Interlocked.Read(ref _filesFound);

    /// <summary>Files that failed.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The file that is on its way.</summary>
    public string? Current => _current;

    internal void Found(long size)
    {
        Interlocked.Increment(ref _filesFound);
        Interlocked.Add(ref _bytesFound, size);
    }

    internal void Begin(string path, long present)
    {
        _current = path;
        Interlocked.Add(ref _bytes, present);
    }

    internal void Carried(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _sent, bytes);
    }

    internal void Done(FileOutcome outcome)
    {
        if (outcome.Status == FileStatus.Failed)
            Interlocked.Increment(ref _failed);
        if (!outcome.IsDirectory)
            Interlocked.Increment(ref _files);
    }
}
