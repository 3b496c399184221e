namespace Pnet.Transports;

/// <summary>Runs command lines: anything that has no <c>://</c> and isn't <c>-</c>.</summary>
/// <param name="options">How commands are run; their standard error is captured unless these say otherwise.</param>
public sealed class ProcessTransportProvider(ProcessOptions? options = null) : ITransportProvider
{
    /// <inheritdoc/>
    public string Scheme => TransportRegistry.CommandScheme;

    /// <inheritdoc/>
    public ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<ITransport>(ProcessTransport.Start(address.ToString(), options));
    }

    /// <inheritdoc/>
    public ValueTask<IListener> ListenAsync(TransportAddress address, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A command can't be listened at: have socat or another program start one for each connection.");
}
