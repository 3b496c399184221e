namespace Pnet.Transports;

/// <summary>A splice ended because one of its transports failed.</summary>
public sealed class SpliceException : IOException
{
    internal SpliceException(ITransport side, Exception cause)
        : base(cause.Message, cause)
    {
        Side = side;
    }

    /// <summary>The transport that failed; the other one did not.</summary>
    public ITransport Side { get; }

    /// <summary>Whether what was to be written found a disk full: bytes are lost then, which a reader that has gone did not want.</summary>
    internal static bool IsFull(Exception? failure) => failure is IOException { HResult: Libc.ENOSPC or Libc.EDQUOT };
}
