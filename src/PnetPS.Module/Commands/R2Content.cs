using System.Management.Automation;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Content;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>Lets other nodes fetch files by the addresses of their content.</summary>
[Cmdlet(VerbsData.Publish, "R2Content", SupportsShouldProcess = true)]
[OutputType(typeof(R2Content))]
public sealed class PublishR2ContentCommand : R2NodeCmdlet
{
    /// <summary>The files, with wildcards; they stay where they are.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        foreach (var given in Path)
        {
            Try(() =>
            {
                foreach (var path in GetResolvedProviderPathFromPSPath(given, out _))
                {
                    if (ShouldProcess($"{path} at {node}", "Publish"))
                        Try(() => WriteObject(new R2Content(node, Ask(node, (control, stopping) => new ContentClient(control).PublishAsync(path, stopping), $"Publishing {path}"))), path);
                }
            }, given);
        }
    }
}

/// <summary>Lets nobody fetch a content any more.</summary>
[Cmdlet(VerbsData.Unpublish, "R2Content", SupportsShouldProcess = true)]
public sealed class UnpublishR2ContentCommand : R2NodeCmdlet
{
    /// <summary>The contents' addresses.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Address { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        foreach (var address in Address)
        {
            if (ShouldProcess($"{address} at {node}", "Unpublish"))
                Try(() => Ask(node, (control, stopping) => new ContentClient(control).UnpublishAsync(ContentAddress.Parse(address), stopping)), address);
        }
    }
}

/// <summary>Fetches a content by its address, from all who have it at once; or lists what a node publishes.</summary>
[Cmdlet(VerbsCommon.Get, "R2Content", DefaultParameterSetName = "List")]
[OutputType(typeof(R2Content))]
public sealed class GetR2ContentCommand : R2NodeCmdlet
{
    /// <summary>The address of the content to fetch, as <c>Publish-R2Content</c> gives it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Fetch", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Address { get; set; } = "";

    /// <summary>The file to write; it gets its name once all of it is there.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Fetch")]
    [ValidateNotNullOrEmpty]
    public string OutFile { get; set; } = "";

    /// <summary>The nodes to ask: all neighbours where none is named.</summary>
    [Parameter(ParameterSetName = "Fetch")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument[] From { get; set; } = [];

    /// <summary>Takes the place of a file that is there.</summary>
    [Parameter(ParameterSetName = "Fetch")]
    public SwitchParameter Force { get; set; }

    /// <summary>How long to wait where nobody has it, or all who have it are gone: they are asked again until then. The time begins anew when something comes.</summary>
    [Parameter(ParameterSetName = "Fetch")]
    [Duration]
    public TimeSpan WaitTimeout { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Address.Length > 0 ? Address : base.ErrorTarget;

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        if (ParameterSetName == "List")
        {
            foreach (var content in Ask(node, (control, stopping) => new ContentClient(control).GetPublishedAsync(stopping)))
                WriteObject(new R2Content(node, content));
            return;
        }

        var (address, path) = (ContentAddress.Parse(Address), FullPath(OutFile));
        AddressPath[] named = Array.ConvertAll(From, peer => peer.ToPath(node));
        var progress = new ContentProgress();
        using var shown = new TransferProgress(this, $"Fetching {Address}", () => (progress.Bytes, progress.Length, null, null));
        var options = new ContentFetchOptions
        {
            Overwrite = Force,
            Wait = WaitTimeout,
            Waiting = (why, pause) => Post(() => WriteVerbose($"{why.Message}; asking again in {pause.TotalSeconds:0.#} s.")),
            Progress = progress,
        };
        var fetched = Ask(
            node,
            (control, stopping) => new ContentClient(control).FetchAsync(
                address, path, token => named.Length > 0 ? Task.FromResult<IReadOnlyList<AddressPath>>(named) : control.GetNeighboursAsync(token), options, stopping));
        foreach (var peer in fetched.Peers.Where(peer => peer.Error is not null && (named.Length > 0 || !peer.HasNot)))
            WriteWarning(peer.Error!);
        WriteObject(new R2Content(node, fetched));
    }
}
