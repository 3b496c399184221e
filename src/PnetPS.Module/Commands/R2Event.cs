using System.Management.Automation;
using System.Runtime.CompilerServices;
using Pnet.Control;
using PnetPS.Arguments;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>Follows what happens at nodes from now on, until Ctrl+C or as long as is said.</summary>
[Cmdlet(VerbsCommon.Watch, "R2Event")]
[OutputType(typeof(R2Event))]
public sealed class WatchR2EventCommand : R2PipedNodeCmdlet
{
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly List<R2Node> _nodes = [];

    /// <summary>The kinds of events to show, with wildcards, such as <c>link.*</c>; without it, all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventKindCompleter))]
    public string[] Kind { get; set; } = ["*"];

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
        await using var events = Merge.AllAsync(_nodes.Select(node => FollowAsync(node, bound.Token)), bound.Token).GetAsyncEnumerator(bound.Token);
        while (await NextAsync().ConfigureAwait(false))
            yield return events.Current;

        async Task<bool> NextAsync()
        {
            try
            {
                return await events.MoveNextAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (bound.IsCancellationRequested && !stopping.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    // From the cmdlet's start on, however long it takes to reach the node.
    private async IAsyncEnumerable<R2Event> FollowAsync(R2Node node, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in node.WatchAsync(new EventQuery { After = _started }, cancellationToken).ConfigureAwait(false))
            yield return new R2Event(node, happened);
    }
}

/// <summary>Gets what has happened at nodes, as far as they keep it.</summary>
[Cmdlet(VerbsCommon.Get, "R2Event")]
[OutputType(typeof(R2Event))]
public sealed class GetR2EventCommand : R2PipedNodeCmdlet
{
    /// <summary>The kinds of events to get; <c>*</c> and <c>?</c> stand for other characters, as in <c>link.*</c>. Without it, all.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EventKindCompleter))]
    public string[] Kind { get; set; } = ["*"];

    /// <summary>At most so many of each node, the newest.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Newest { get; set; }

    /// <summary>Those that happened later than this: a time, such as another event's.</summary>
    [Parameter]
    public DateTime? After { get; set; }

    /// <summary>Only those that somebody should look at.</summary>
    [Parameter]
    public SwitchParameter Warning { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var query = new EventQuery { Kinds = Kind, Newest = Newest, After = After, Warning = Warning };
        foreach (var happened in Await(stopping => node.GetEventsAsync(query, stopping), $"Asking {node} for its events"))
            WriteObject(new R2Event(node, happened));
    }
}
