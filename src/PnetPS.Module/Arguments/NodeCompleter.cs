using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>Completes the nodes of this process.</summary>
public sealed class NodeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from node in ModuleState.Nodes.InProcess
        let result = Completion.Match(wordToComplete, node.Name, node.Id)
        where result is not null
        select result;
}
