using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Transports;

namespace PnetPS;

/// <summary>Has a node offer a service, whose transport is the node's to open or this process's.</summary>
internal static class ServiceOffer
{
    /// <summary>Offers it; what this process serves, it serves for as long as the module and the connection to the node are there.</summary>
    /// <param name="node">The node.</param>
    /// <param name="end">What each tunnel gets.</param>
    /// <param name="request">The offer.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="PnetException">The node refuses, or the end can be opened only once.</exception>
    public static async Task<ServiceInfo> MakeAsync(R2Node node, NearEnd end, ServiceRequest request, CancellationToken cancellationToken)
    {
        if (end.Text is not null)
            return await node.Control.AddServiceAsync(request, cancellationToken).ConfigureAwait(false);

        var block = end.Opening(node) ?? throw new PnetException(
            PnetError.Usage,
            $"{end.Description} can't serve {node}: each tunnel to a service opens its transport anew",
            "Give a command line, a URI or a script block.");
        var service = await node.Control.AttachServiceAsync(request, ServeAsync, cancellationToken).ConfigureAwait(false);
        node.Keep(service, service.Completion);
        _ = service.Completion.ContinueWith(_ => block.Dispose(), TaskScheduler.Default);
        return service.Service;

        async Task ServeAsync(NodeId caller, ITransport channel, CancellationToken stopping)
        {
            var near = block.Open();
            await using (near.ConfigureAwait(false))
                await Splice.RunAsync(channel, near, stopping).ConfigureAwait(false);
        }
    }
}
