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
}
