using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Pnet.Addressing;

namespace PnetPS.Arguments;

/// <summary>
/// Completes the peers of the node that a command line names, hop by hop: <c>bob/</c> offers the peers of bob, and
/// <c>bob/service:</c> the services of bob.
/// </summary>
public sealed class PeerCompleter : IArgumentCompleter
{
    private const string ServicePrefix = "service:";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        var typed = wordToComplete.Trim('\'', '"');
        var slash = typed.LastIndexOf('/');
        var path = slash < 0 ? "" : typed[..(slash + 1)];
        var peers = Question.Ask(
            fakeBoundParameters,
            (control, stopping) => (path.Length == 0 ? control : control.At(AddressPath.Parse(path.TrimEnd('/')))).GetPeersAsync(stopping));
        if (typed.AsSpan(path.Length).StartsWith(ServicePrefix, StringComparison.Ordinal))
        {
            foreach (var service in FarServiceCompleter.ServicesOf(path.TrimEnd('/'), fakeBoundParameters))
            {
                if (Completion.Offer(typed[path.Length..], ServicePrefix + service, "service") is { } offer)
                    yield return new CompletionResult(path + offer.CompletionText, offer.ListItemText, offer.ResultType, offer.ToolTip);
            }
        }

        foreach (var peer in peers)
        {
            if (peer.Id is { } id && Completion.Match(typed[path.Length..], peer.Name, id.ToString()) is { } match)
                yield return new CompletionResult(path + match.CompletionText, match.ListItemText, match.ResultType, match.ToolTip);
        }
    }
}
