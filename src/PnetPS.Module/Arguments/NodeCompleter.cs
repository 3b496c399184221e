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
        from named in ModuleState.Nodes.All.GroupBy(node => node.Name, StringComparer.OrdinalIgnoreCase)
        let several = named.Skip(1).Any()
        from node in named
        let result = Completion.Match(wordToComplete, several ? node.FullName : node.Name, node.Id)
        where result is not null
        select result;
}
