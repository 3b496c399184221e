using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PnetPS.Arguments;

/// <summary>Completes the endpoints at which the node that a command line names accepts links.</summary>
public sealed class ListenerCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        return from listener in Question.Ask(fakeBoundParameters, (control, stopping) => control.GetListenersAsync(stopping))
               let result = Completion.Offer(wordToComplete, listener.Endpoint, $"{listener.Accepted} accepted")
               where result is not null
               select result;
    }
}
