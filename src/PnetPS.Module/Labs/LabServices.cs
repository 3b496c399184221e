using Pnet;
using Pnet.Control;

namespace PnetPS.Labs;

/// <summary>The services of a lab.</summary>
internal static class LabServices
{
    /// <summary>Has a node of a lab offer a service.</summary>
    public static async Task OfferAsync(R2Lab lab, R2RecipeService service, NearEnd end, IReadOnlyList<string> allow, CancellationToken cancellationToken)
    {
        var request = new ServiceRequest
        {
            Name = service.Name,
            Transport = end.Text is { } text ? lab.Files.Expand(text) : end.Description,
            Allow = allow,
        };
        try
        {
            await ServiceOffer.MakeAsync(lab.Find(service.Node)!, end, request, cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException exception)
        {
            throw new PnetException(exception.Error, $"the service {service} can't be offered: {exception.Message}", exception.Action, exception);
        }
    }

    /// <summary>Has a node offer a service no longer.</summary>
    public static async Task WithdrawAsync(R2Node node, string name)
    {
        try
        {
            await node.Control.RemoveServiceAsync(name).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error is PnetError.NotFound or PnetError.Closed)
        {
            // Somebody has withdrawn it already.
        }
    }
}
