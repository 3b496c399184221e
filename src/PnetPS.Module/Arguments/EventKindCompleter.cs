using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PnetPS.Arguments;

/// <summary>Completes the groups of events that a node tells of.</summary>
public sealed class EventKindCompleter : IArgumentCompleter
{
    private static readonly string[] Groups = ["access", "block", "channel", "link", "listener", "manager", "service", "tunnel"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        return from name in Groups
               let result = Completion.Offer(wordToComplete, $"{name}.*", "events")
               where result is not null
               select result;
    }
}
