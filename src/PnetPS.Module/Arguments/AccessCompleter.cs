using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PnetPS.Arguments;

/// <summary>Completes those who may use the services of the node that a command line names.</summary>
public sealed class AccessCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        return from entry in Question.Ask(fakeBoundParameters, (control, stopping) => control.GetAccessAsync(stopping))
               where entry.Id is not null
               let result = Completion.Match(wordToComplete, entry.Name, entry.Id.ToString()!)
               where result is not null
               select result;
    }
}
