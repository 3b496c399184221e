using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Routing;
using Pnet.Transports;

namespace Pnet.Services;

/// <summary>Opens a transport anew for each channel and joins the two: a tunnel's far end (seed 1, <c>pnetd CMD</c>).</summary>
public sealed class TransportService : Service
{
    private readonly TransportRegistry _registry;
    private readonly TransportAddress _transport;
    private readonly NodeId _self;

    /// <summary>Creates it.</summary>
    /// <exception cref="FormatException">The transport's text has the wrong form.</exception>
    public TransportService(string name, AccessRule rule, string transport, TransportRegistry registry, NodeId self)
        : base(name, rule)
    {
        _registry = registry;
        _transport = TransportAddress.Parse(transport);
        _self = self;
    }

    /// <inheritdoc/>
    public override string Description => _transport.ToString();

    /// <inheritdoc/>
    protected override async Task ServeAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken)
    {
        // A program can tell its callers apart, as with SSH_CONNECTION.
        var environment = new Dictionary<string, string?>
        {
            ["PNET_NODE_ID"] = _self.ToString(),
            ["PNET_PEER_ID"] = caller.Id.ToString(),
            ["PNET_PEER_NAME"] = caller.Name ?? "",
            ["PNET_SERVICE"] = Name,
        };
        var transport = await OpenAsync(environment, cancellationToken).ConfigureAwait(false);
        await using (transport.ConfigureAwait(false))
        {
            channel.Accept();
            await Splice.RunAsync(channel, transport, cancellationToken).ConfigureAwait(false);
            // A caller that was cut off waits for nothing any more; one whose program has exited may have sent work.
            if (transport is ProcessTransport program && (channel.EndStatus is not null || !channel.Cut.IsCompleted))
                await program.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ITransport> OpenAsync(Dictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        try
        {
            return _transport.Kind == TransportAddressKind.Command
                ? ProcessTransport.Start(_transport.ToString(), new ProcessOptions { Environment = environment, CaptureStandardError = false })
                : await _registry.DialAsync(_transport, cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException e)
        {
            // The caller reads it, and can't do what the failure advises.
            throw new PnetException(e.Error, $"service \"{Name}\" can't be opened: {e.Message}", "Tell its owner.", e);
        }
    }
}
