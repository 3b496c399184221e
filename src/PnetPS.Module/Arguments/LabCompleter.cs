using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>Completes the labs of this session.</summary>
public sealed class LabCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from lab in ModuleState.Labs.All
        let result = Completion.Match(wordToComplete, lab.Name, lab.Folder)
        where result is not null
        select result;
}
