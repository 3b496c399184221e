using System.Globalization;
using System.Management.Automation;
using Pnet;
using Pnet.Addressing;
using Pnet.Control;
using PnetPS.Arguments;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>Gets a node's links to other nodes.</summary>
[Cmdlet(VerbsCommon.Get, "R2Peer")]
[OutputType(typeof(R2Peer))]
public sealed class GetR2PeerCommand : R2FarQueryCmdlet
{
    /// <summary>Names, with wildcards, or ids or the start of them; without it, all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public string[] Name { get; set; } = [];

    private protected override void Query(R2Node node, AddressPath target, string asked)
    {
        var peers = Ask(node, (control, stopping) => View(control, target).GetPeersAsync(stopping), $"Asking {asked} for its peers");
        var found = peers.Select(peer => new R2Peer(node, peer, target)).ToList();
        WriteNamed(found, Name, (peer, pattern) => pattern.IsMatch(peer.Name, peer.Id), name => $"there is no link to '{name}'", "Connect-R2Node");
    }
}

/// <summary>Sends messages to a node and tells how long each takes to come back.</summary>
[Cmdlet(VerbsDiagnostic.Test, "R2Peer", DefaultParameterSetName = "Count")]
[OutputType(typeof(R2Reply), typeof(bool))]
public sealed class TestR2PeerCommand : R2NodeCmdlet
{
    /// <summary>The node to send to: a path such as <c>bob/carol</c>, a peer, or a node.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Address { get; set; }

    /// <summary>How many messages; 4 unless said otherwise.</summary>
    [Parameter(ParameterSetName = "Count")]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 4;

    /// <summary>Goes on until Ctrl+C.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Continuous")]
    public SwitchParameter Continuous { get; set; }

    /// <summary>Only tells whether all came back.</summary>
    [Parameter(ParameterSetName = "Count")]
    public SwitchParameter Quiet { get; set; }

    /// <summary>The time from one message to the next: seconds, or as in <c>100ms</c>; one second unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for each to come back: seconds, or as in <c>500ms</c>; 5 seconds unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes in each message, 16 to 32768; 56 unless said otherwise.</summary>
    [Parameter]
    [ValidateRange(16, 32768)]
    public int Size { get; set; } = 56;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Address?.ToString();

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        if (Quiet)
        {
            WriteObject(AllComeBack(node));
            return;
        }

        foreach (var reply in Ping(node))
            WriteObject(new R2Reply(node, reply));
    }

    private IEnumerable<PingReply> Ping(R2Node node)
    {
        var request = new PingRequest
        {
            Address = Address?.ToPath(node) ?? AddressPath.Self,
            Count = Continuous ? 0 : Count,
            Interval = Interval,
            Timeout = Timeout,
            Size = Size,
        };
        return Await(stopping => node.Control.PingAsync(request, stopping));
    }

    private bool AllComeBack(R2Node node)
    {
        try
        {
            return Ping(node).All(reply => reply.RoundTrip is not null);
        }
        catch (PnetException exception) when (exception.Error is not PnetError.Usage)
        {
            WriteVerbose(exception.Message);
            return false;
        }
    }
}

/// <summary>Waits until links are up, and gets them.</summary>
[Cmdlet(VerbsLifecycle.Wait, "R2Peer")]
[OutputType(typeof(R2Peer))]
public sealed class WaitR2PeerCommand : R2PipedNodeCmdlet
{
    /// <summary>The other nodes: names, with wildcards, or ids or the start of them. All are waited for; without it, any one.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>How long to wait: seconds, or as in <c>500ms</c>; 30 seconds unless said otherwise.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var names = string.Join(", ", Name);
        var patterns = Array.ConvertAll<string, Predicate<PeerInfo>>(Name, Pick);
        var peers = Ask(node, (control, stopping) => WaitAsync(node, control, patterns, names, stopping), $"Waiting for a link of {node} to {names}");
        WriteObject(peers.Select(peer => new R2Peer(node, peer)), enumerateCollection: true);
    }

    private async Task<List<PeerInfo>> WaitAsync(R2Node node, INodeControl control, Predicate<PeerInfo>[] wanted, string names, CancellationToken stopping)
    {
        using var bound = Watch.Bound(Timeout, stopping);
        IReadOnlyList<PeerInfo> last = [];
        try
        {
            return await Watch.UntilAsync(node, LookAsync, $"a link to {names} was waited for", bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            var why = last.FirstOrDefault(peer => peer.Error is not null)?.Error;
            throw new PnetException(
                PnetError.TimedOut,
                string.Create(CultureInfo.InvariantCulture, $"no link to {names} was up within {Timeout.TotalSeconds:0.###} s{(why is null ? "" : $": {why}")}"),
                "Get-R2Peer shows the links there are and what is wrong with them; -Timeout allows more time.");
        }

        async Task<List<PeerInfo>?> LookAsync(CancellationToken cancellationToken)
        {
            last = await control.GetPeersAsync(cancellationToken).ConfigureAwait(false);
            var up = last.Where(peer => peer.State == LinkState.Up).ToList();
            return Array.TrueForAll(wanted, up.Exists) ? up.FindAll(peer => wanted.Any(one => one(peer))) : null;
        }
    }

    private static Predicate<PeerInfo> Pick(string name)
    {
        var pattern = new NamePattern(name);
        return peer => pattern.IsMatch(peer.Name, peer.Id?.ToString());
    }
}
