using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>Completes the nodes of a lab at the ends of a link: once one end is given, those that it is linked to.</summary>
public sealed class LabNodeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        var given = fakeBoundParameters["Lab"]?.ToString();
        var other = fakeBoundParameters[parameterName == "From" ? "To" : "From"]?.ToString();
        return from lab in ModuleState.Labs.All
               where given is null || lab.Name.Equals(given, StringComparison.OrdinalIgnoreCase)
               from name in lab.Links
                   .Where(link => other is null || other.Equals(link.From, StringComparison.OrdinalIgnoreCase) || other.Equals(link.To, StringComparison.OrdinalIgnoreCase))
                   .SelectMany(link => (string[])[link.From, link.To])
                   .Where(name => !name.Equals(other, StringComparison.OrdinalIgnoreCase))
                   .Distinct()
                   .Order(StringComparer.OrdinalIgnoreCase)
               let result = Completion.Match(wordToComplete, name, $"{lab}/{name}")
               where result is not null
               select result;
    }
}
