namespace Pnet.Transports;

/// <summary>Opens <c>-</c>, the process's standard input and output. For programs; a node in a library has no stdio to give away.</summary>
public sealed class StdioTransportProvider : ITransportProvider
{
    private int _opened;

    /// <inheritdoc/>
    public string Scheme => TransportRegistry.StdioScheme;

    /// <inheritdoc/>
    public ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Interlocked.Exchange(ref _opened, 1) == 0
            ? ValueTask.FromResult(StdioTransport.Open())
            : throw new PnetException(PnetError.AlreadyExists, "Standard input and output are in use already", "Use - once.");
    }

    /// <inheritdoc/>
    public ValueTask<IListener> ListenAsync(TransportAddress address, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Standard input and output can't be listened at.");
}
