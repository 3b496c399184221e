using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>Completes manager sockets: those in use, the default one, and whatever files the path that is typed leads to.</summary>
public sealed class SocketPathCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        var offered = new HashSet<string>(StringComparer.Ordinal);
        var known = ModuleState.Nodes.SocketPaths.Append(NodeSource.DefaultSocketPath).Where(File.Exists);
        return from result in known.Select(path => Completion.Offer(wordToComplete, path, "manager socket")).Concat(CompletionCompleters.CompleteFilename(wordToComplete))
               where result is not null && offered.Add(result.ListItemText)
               select result;
    }
}
