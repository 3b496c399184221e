using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Pnet.Control;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>Completes the peers of the node that a command line names, hop by hop: <c>bob/</c> offers the peers of bob.</summary>
public sealed class PeerCompleter : IArgumentCompleter
{
    // A person is waiting at the keyboard.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(700);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(wordToComplete);
        var typed = wordToComplete.Trim('\'', '"');
        var slash = typed.LastIndexOf('/');
        var path = slash < 0 ? "" : typed[..(slash + 1)];
        foreach (var peer in Peers(fakeBoundParameters, path.TrimEnd('/')))
        {
            if (peer.Id is { } id && Completion.Match(typed[path.Length..], peer.Name, id.ToString()) is { } match)
                yield return new CompletionResult(path + match.CompletionText, match.ListItemText, match.ResultType, match.ToolTip);
        }
    }

    private static IReadOnlyList<PeerInfo> Peers(IDictionary parameters, string path)
    {
        try
        {
            return Task.Run(() => AskAsync(parameters, path)).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (Failure.IsExpected(exception))
        {
            // A completion that fails offers nothing; the command itself will say what is wrong.
            return [];
        }
    }

    private static async Task<IReadOnlyList<PeerInfo>> AskAsync(IDictionary parameters, string path)
    {
        using var bound = new CancellationTokenSource(Bound);
        var nodes = ModuleState.Nodes;
        var node = (parameters["Node"], parameters["SocketPath"]) switch
        {
            (R2Node given, _) => given,
            (PSObject { BaseObject: R2Node given }, _) => given,
            (string name, _) => nodes.Find(name),
            (_, string socketPath) => await nodes.GetDaemonAsync(Path.GetFullPath(socketPath), bound.Token).ConfigureAwait(false),
            _ => await nodes.GetDefaultAsync(bound.Token).ConfigureAwait(false),
        };
        var control = path.Length == 0 ? node.Control : node.Control.At(Pnet.Addressing.AddressPath.Parse(path));
        return await control.GetPeersAsync(bound.Token).ConfigureAwait(false);
    }
}
