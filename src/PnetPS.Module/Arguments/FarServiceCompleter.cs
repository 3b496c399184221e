using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Pnet.Addressing;

namespace PnetPS.Arguments;

/// <summary>Completes the services that the node offers which a command line's <c>-Address</c> names.</summary>
public sealed class FarServiceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        return from service in ServicesOf($"{fakeBoundParameters["Address"]}", fakeBoundParameters)
               let result = Completion.Offer(wordToComplete, service, "service")
               where result is not null
               select result;
    }

    /// <summary>The names of the services that a node offers to the one the command line names; none where it doesn't answer.</summary>
    /// <param name="path">The path to it, without a service.</param>
    /// <param name="parameters">The command line's other parameters.</param>
    internal static IEnumerable<string> ServicesOf(string path, IDictionary parameters) =>
        Question.Ask(parameters, (control, stopping) => (path.Length == 0 ? control : control.At(AddressPath.Parse(path))).GetServicesAsync(stopping))
            .Select(service => service.Name);
}
