using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using PnetPS.Arguments;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>Follows what happens at nodes from now on, until Ctrl+C or as long as is said.</summary>
[Cmdlet(VerbsCommon.Watch, "R2Event")]
[OutputType(typeof(R2Event))]
public sealed class WatchR2EventCommand : R2NodeCmdlet
{
    // What waits for the pipeline; behind it wait the nodes' own buffers, which tell what they lose.
    private const int Waiting = 64;

    private readonly List<R2Node> _nodes = [];

    /// <summary>The kinds of events to show, with wildcards, such as <c>link.*</c>; without it, all.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventKindCompleter))]
    public string[] Kind { get; set; } = ["*"];

    /// <summary>The nodes to follow: objects, or names or ids of nodes of this process.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override NodeArgument? Node { get; set; }

    /// <summary>Ends after so many events.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Ends after so long, whatever happened: seconds, or as in <c>500ms</c>.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _nodes.Add(ResolveNode());

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (_nodes.Count == 0)
            return;

        var patterns = Array.ConvertAll(Kind, kind => new WildcardPattern(kind, WildcardOptions.IgnoreCase));
        var shown = Await(WatchAsync).Where(happened => patterns.Any(pattern => pattern.IsMatch(happened.Kind)));
        foreach (var happened in Count is { } count ? shown.Take(count) : shown)
            WriteObject(happened);
    }

    /// <summary>The events of all nodes, as they come, until the time is over.</summary>
    private async IAsyncEnumerable<R2Event> WatchAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        using var bound = Watch.Bound(Timeout, stopping);
        var events = Channel.CreateBounded<R2Event>(Waiting);
        var following = FollowAllAsync(events.Writer, bound.Token);
        try
        {
            while (await events.Reader.WaitToReadAsync(stopping).ConfigureAwait(false))
            {
                while (events.Reader.TryRead(out var happened))
                    yield return happened;
            }
        }
        finally
        {
            await bound.CancelAsync().ConfigureAwait(false);
            await following.ConfigureAwait(false);
        }
    }

    /// <summary>Ends with the last of the nodes, or as soon as one fails; what failed is the channel's to tell.</summary>
    private async Task FollowAllAsync(ChannelWriter<R2Event> writer, CancellationToken bound)
    {
        try
        {
            await Task.WhenAll(_nodes.Select(node => FollowAsync(node, writer, bound))).ConfigureAwait(false);
            writer.TryComplete();
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            writer.TryComplete();
        }
        catch (Exception exception) when (Failure.IsExpected(exception))
        {
            writer.TryComplete(exception);
        }
    }

    private static async Task FollowAsync(R2Node node, ChannelWriter<R2Event> writer, CancellationToken bound)
    {
        try
        {
            await foreach (var happened in node.WatchAsync(bound).ConfigureAwait(false))
                await writer.WriteAsync(new R2Event(node, happened), bound).ConfigureAwait(false);
        }
        catch (Exception exception) when (Failure.IsExpected(exception) && exception is not OperationCanceledException)
        {
            // The other nodes' events would hide it.
            writer.TryComplete(exception);
            throw;
        }
    }
}
