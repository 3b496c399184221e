using System.Globalization;
using System.Management.Automation;
using Pnet;
using PnetPS.Arguments;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>Waits until a daemon answers, a node has links, or a node has stopped.</summary>
[Cmdlet(VerbsLifecycle.Wait, "R2Node")]
[OutputType(typeof(R2Node))]
public sealed class WaitR2NodeCommand : R2NodeCmdlet
{
    // A socket says nothing when it begins to be listened at: it is tried again, soon at first.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>The node that is waited for: an object, or the name or id of a node of this process.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }

    /// <summary><c>Running</c>, as it is without this: until it answers. <c>Stopped</c>: until it has ended.</summary>
    [Parameter]
    public R2NodeState State { get; set; } = R2NodeState.Running;

    /// <summary>Waits until at least so many links are up as well.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Peers { get; set; }

    /// <summary>How long to wait: seconds, or as in <c>500ms</c>; 30 seconds unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    // A daemon needn't be there yet.
    private string? DaemonPath => (Node, SocketPath) switch
    {
        (null, not null) => FullPath(SocketPath),
        (null, null) when ModuleState.Nodes.All.Count == 0 => NodeSource.DefaultSocketPath,
        _ => null,
    };

    /// <inheritdoc/>
    protected override void Process()
    {
        if (State == R2NodeState.Stopped && Peers is not null)
            throw new PnetException(PnetError.Usage, "a node that has stopped has no links", "Give -Peers or -State Stopped.");

        if (DaemonPath is not { } path)
            WriteObject(WaitFor(ResolveNode()));
        else if (State == R2NodeState.Running)
            WriteObject(WaitFor(Within(stopping => ReachAsync(path, stopping), $"a node to answer at {path}", "Start a daemon there: r2d -s PATH; -Timeout allows more time.")));
        else if (Await(stopping => FindAsync(path, stopping)) is { } daemon)
            WriteObject(WaitFor(daemon));
    }

    private R2Node WaitFor(R2Node node)
    {
        if (State == R2NodeState.Stopped)
            return Within(stopping => EndAsync(node, stopping), $"{node} to stop", "Stop-R2Node stops it; -Timeout allows more time.");
        if (Peers is not { } peers)
        {
            Await(node.RefreshAsync);
            return node;
        }

        var what = peers == 1 ? "a link" : string.Create(CultureInfo.InvariantCulture, $"{peers} links");
        return Within(
            stopping => Watch.UntilAsync(
                node,
                async looking =>
                {
                    await node.RefreshAsync(looking).ConfigureAwait(false);
                    return node.Peers >= peers ? node : null;
                },
                $"{what} of it were waited for",
                stopping),
            $"{what} of {node}",
            "Get-R2Peer shows the links there are and what is wrong with them; -Timeout allows more time.");
    }

    private T Within<T>(Func<CancellationToken, Task<T>> wait, string what, string action) => Await(
        async stopping =>
        {
            using var bound = Watch.Bound(Timeout, stopping);
            try
            {
                return await wait(bound.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                throw new PnetException(PnetError.TimedOut, string.Create(CultureInfo.InvariantCulture, $"waited {Timeout.TotalSeconds:0.###} s in vain for {what}"), action);
            }
        },
        $"Waiting for {what}");

    private static async Task<R2Node> ReachAsync(string path, CancellationToken stopping)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await FindAsync(path, stopping).ConfigureAwait(false) is { } node)
                return node;
            await Task.Delay(pause, stopping).ConfigureAwait(false);
        }
    }

    /// <returns>The daemon, or <see langword="null"/> where none answers.</returns>
    private static async Task<R2Node?> FindAsync(string path, CancellationToken stopping)
    {
        try
        {
            return await ModuleState.Nodes.GetDaemonAsync(path, stopping).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error is PnetError.NotFound or PnetError.Unreachable or PnetError.Closed)
        {
            return null;
        }
    }

    private static async Task<R2Node> EndAsync(R2Node node, CancellationToken stopping)
    {
        if (node.InProcess)
            await node.Ended.WaitAsync(stopping).ConfigureAwait(false);
        else
            await WatchToEndAsync(node, stopping).ConfigureAwait(false);

        // Whoever is told first that it has ended: from here on it shows.
        await ModuleState.Nodes.RemoveAsync(node).ConfigureAwait(false);
        return node;
    }

    private static async Task WatchToEndAsync(R2Node daemon, CancellationToken stopping)
    {
        try
        {
            await foreach (var _ in daemon.WatchAsync(Pnet.Control.EventQuery.Nothing, stopping).ConfigureAwait(false))
            {
                // What still happens is not for this.
            }
        }
        catch (IOException)
        {
            // This is the end that was waited for.
        }
    }
}
