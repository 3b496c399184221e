using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>Completes endpoints: where nodes of this process listen, and the forms there are.</summary>
public sealed class EndpointCompleter : IArgumentCompleter
{
    private static readonly (string Text, string Tip)[] Forms =
    [
        ("tcp://", "tcp://HOST:PORT"),
        ("unix://", "unix:///PATH"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        var listening = from node in ModuleState.Nodes.All
                        from endpoint in node.Endpoints
                        select (endpoint, $"{node} listens here");
        return from offer in listening.Concat(Forms)
               let result = Completion.Offer(wordToComplete, offer.Item1, offer.Item2)
               where result is not null
               select result;
    }
}
