using System.Collections;
using System.Management.Automation;
using Pnet.Control;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>What completers ask the node that a command line names.</summary>
internal static class Question
{
    // A person is waiting at the keyboard.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(700);

    /// <summary>Asks the node, for a short time only; whatever fails answers nothing, and the command itself will say what is wrong.</summary>
    public static IReadOnlyList<T> Ask<T>(IDictionary parameters, Func<INodeControl, CancellationToken, Task<IReadOnlyList<T>>> question)
    {
        try
        {
            return Task.Run(() => AskAsync(parameters, question)).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (Failure.IsExpected(exception))
        {
            return [];
        }
    }

    private static async Task<IReadOnlyList<T>> AskAsync<T>(IDictionary parameters, Func<INodeControl, CancellationToken, Task<IReadOnlyList<T>>> question)
    {
        using var bound = new CancellationTokenSource(Bound);
        var nodes = ModuleState.Nodes;
        var node = (parameters["Node"], parameters["SocketPath"]) switch
        {
            (NodeArgument given, _) => given.ToNode(),
            (R2Node given, _) => given,
            (PSObject { BaseObject: R2Node given }, _) => given,
            (string name, _) => nodes.Find(name),
            (_, string socketPath) => await nodes.GetDaemonAsync(Path.GetFullPath(socketPath), bound.Token).ConfigureAwait(false),
            _ => await nodes.GetDefaultAsync(bound.Token).ConfigureAwait(false),
        };
        return await question(node.Control, bound.Token).ConfigureAwait(false);
    }
}
