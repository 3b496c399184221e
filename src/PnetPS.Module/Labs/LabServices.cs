using Pnet;
using Pnet.Control;

namespace PnetPS.Labs;

/// <summary>The services of a lab.</summary>
internal static class LabServices
{
    /// <summary>Has a node of a lab offer a service.</summary>
    public static async Task OfferAsync(R2Lab lab, R2RecipeService service, NearEnd end, IReadOnlyList<string> allow, CancellationToken cancellationToken)
    {
        var node = lab.Find(service.Node)!;
        var block = end.Text is null ? end.Register(node) : null;
        var request = new ServiceRequest
        {
            Name = service.Name,
            Transport = block ?? (end.Text is { } text ? lab.Files.Expand(text) : throw new PnetException(
                PnetError.Usage,
                $"the service {service} is a script block, and {node} runs in a process of its own",
                "Give a command line or a URI, or build the lab without -Isolation.")),
            Allow = allow,
        };
        try
        {
            await node.Control.AddServiceAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (block is not null)
                node.Blocks!.Remove(block);
            if (exception is not PnetException failure)
                throw;
            throw new PnetException(failure.Error, $"the service {service} can't be offered: {failure.Message}", failure.Action, failure);
        }
    }

    /// <summary>Has a node offer a service no longer.</summary>
    public static async Task WithdrawAsync(R2Node node, string name)
    {
        var services = await node.Control.GetServicesAsync().ConfigureAwait(false);
        if (services.FirstOrDefault(service => service.Name == name) is not { } offered)
            return;
        await node.Control.RemoveServiceAsync(name).ConfigureAwait(false);
        if (offered.Transport is { } transport)
            node.Blocks?.Remove(transport);
    }
}
