using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PnetPS.Arguments;

/// <summary>Completes the services of the node that a command line names.</summary>
public sealed class ServiceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        return from service in Question.Ask(fakeBoundParameters, (control, stopping) => control.GetServicesAsync(stopping))
               let result = Completion.Offer(wordToComplete, service.Name, service.Transport ?? "")
               where result is not null
               select result;
    }
}
