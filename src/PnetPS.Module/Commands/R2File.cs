using System.Management.Automation;
using Pnet;
using Pnet.Addressing;
using Pnet.Services.Files;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>What the cmdlets share that ask for files of a node.</summary>
public abstract class R2FileServiceCmdlet : R2NodeCmdlet
{
    // So many outcomes may wait for the pipeline. A node can tell of more than a pipeline takes.
    private const int MostWaiting = 256;

    /// <summary>The name of the service that shares the directory. It is <c>files</c> unless said otherwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Service { get; set; } = FileTarget.DefaultService;

    /// <summary>Reads the node, and where there, that a user named: <c>bob</c>, <c>bob:photos</c>.</summary>
    private protected FileTarget ReadTarget(string text)
    {
        var target = FileTarget.IsFar(text) ? FileTarget.Parse(text) : new FileTarget(AddressPath.Parse(text));
        return target.Address.Service is null ? target with { Address = target.Address.WithService(Service) } : target;
    }

    /// <summary>Has outcomes told on the pipeline's thread, in their order, and holds up whoever has many of them.</summary>
    private protected Action<FileOutcome> InPipeline(Action<FileOutcome> tell)
    {
        var (pipeline, stopping, waiting) = (Environment.CurrentManagedThreadId, StopToken, 0);
        return outcome =>
        {
            if (Environment.CurrentManagedThreadId == pipeline)
            {
                RunPosted();
                tell(outcome);
            }
            else if (++waiting % MostWaiting > 0)
            {
                Post(() => tell(outcome));
            }
            else
            {
                PostAsync(() => tell(outcome)).Wait(stopping);
            }
        };
    }

    /// <summary>Tells of what could not be had.</summary>
    private protected void WriteFailure(FileOutcome outcome) =>
        WriteError(Failure.ToErrorRecord(new PnetException(outcome.Error ?? PnetError.Failed, outcome.Message ?? outcome.Path, Advise(outcome.Error)), outcome.Path));

    /// <summary>Says what to do about a failure.</summary>
    private protected virtual string? Advise(PnetError? error) => null;
}

/// <summary>Lists files and directories in a directory that a node shares.</summary>
[Cmdlet(VerbsCommon.Get, "R2File", DefaultParameterSetName = "Path")]
[OutputType(typeof(R2File))]
public sealed class GetR2FileCommand : R2FileServiceCmdlet
{
    /// <summary>The node that shares the directory: <c>bob</c>, <c>bob/carol</c>, or with a place in it, <c>bob:photos</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Target { get; set; }

    /// <summary>What to list, from the shared directory on, with wildcards: of a directory what is in it. All there is unless said otherwise.</summary>
    [Parameter(Position = 1, ParameterSetName = "Path", ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FarFileCompleter))]
    public string[] Path { get; set; } = ["."];

    /// <summary>What to list, exactly as it is written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FarFileCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Lists what is below directories as well.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Target?.ToString() ?? base.ErrorTarget;

    /// <inheritdoc/>
    protected override void Process()
    {
        var (node, target) = (ResolveNode(), ReadTarget($"{Target}"));
        bool isLiteral = ParameterSetName == "LiteralPath";
        var options = new FileListOptions { Recurse = Recurse, Wildcards = !isLiteral, Problem = InPipeline(WriteFailure) };
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            Try(() =>
            {
                foreach (var file in Await(stopping => new FileClient(node.Control).ListAsync(target.Below(path), options, stopping)))
                    WriteObject(new R2File(node, target, file));
            }, path);
        }
        // What was posted last.
        Await(_ => Task.CompletedTask);
    }
}

/// <summary>What <c>Send-R2File</c> and <c>Receive-R2File</c> share.</summary>
public abstract class R2FileCmdlet : R2FileServiceCmdlet
{
    /// <summary>What happens to a file whose name is taken by one with other content.</summary>
    [Parameter]
    public FileCollision Collision { get; set; } = FileCollision.Fail;

    /// <summary>Copies directories, with all that is below them.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Has each file on the disk of its destination before it gets its name, and all of the copy before the cmdlet ends.</summary>
    [Parameter]
    public SwitchParameter Flush { get; set; }

    /// <summary>Puts out an object for each file and directory, and none for all together.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Copies, and tells what becomes of it.</summary>
    private protected void Copy(R2Node node, string target, string activity, Func<FileClient, FileCopyOptions, CancellationToken, Task<FileSummary>> copy, bool wildcards = false)
    {
        var progress = new FileProgress();
        var options = new FileCopyOptions
        {
            Collision = Collision,
            Recurse = Recurse,
            Flush = Flush,
            Wildcards = wildcards,
            Progress = progress,
            Outcome = InPipeline(Tell),
        };
        using var shown = new TransferProgress(
            this, activity, () => (progress.Bytes, progress.BytesFound, $"{progress.Files} of {progress.FilesFound} files, ", progress.Current));
        var summary = Ask(node, (control, stopping) => copy(new FileClient(control), options, stopping));
        // What was posted last comes before the sum.
        Await(_ => Task.CompletedTask);
        if (!PassThru)
            WriteObject(new R2FileCopy(node, target, summary));
    }

    private void Tell(FileOutcome outcome)
    {
        if (outcome.Status == FileStatus.Failed)
            WriteFailure(outcome);
        else if (outcome is { Status: FileStatus.Skipped, Error: not null })
            WriteWarning($"Skipped: {outcome.Message ?? outcome.Path}.");
        else if (outcome.Status == FileStatus.Skipped)
            WriteVerbose(outcome.Message ?? outcome.Path);
        if (PassThru)
            WriteObject(new R2FileOutcome(outcome));
    }

    /// <inheritdoc/>
    private protected override string? Advise(PnetError? error) => error switch
    {
        PnetError.AlreadyExists => "Say with -Collision what is to happen to names that are taken.",
        PnetError.Usage => "Copy directories with -Recurse.",
        PnetError.LimitReached => "Make room at the destination, and copy again.",
        _ => null,
    };
}

/// <summary>Copies files and directories to a directory that a node shares.</summary>
[Cmdlet(VerbsCommunications.Send, "R2File", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(R2FileCopy), typeof(R2FileOutcome))]
public sealed class SendR2FileCommand : R2FileCmdlet
{
    private readonly List<string> _paths = [];

    /// <summary>What to copy, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>What to copy, exactly as it is written; files from <c>Get-ChildItem</c> are taken here.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The node, and where in the directory that it shares: <c>bob</c>, <c>bob:photos/</c>, <c>bob/carol:report.pdf</c>.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Target { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var path in LiteralPath)
            _paths.Add(FullPath(path));
        foreach (var path in Path)
            Try(() => _paths.AddRange(GetResolvedProviderPathFromPSPath(path, out _)), path);
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        // All of them in one go: the next does not wait for the one before.
        var (node, target) = (ResolveNode(), ReadTarget($"{Target}"));
        if (_paths.Count == 0 || !ShouldProcess($"{string.Join(", ", _paths)} to {Target}", "Send"))
            return;
        Copy(node, $"{Target}", $"Sending to {Target}", (client, options, stopping) => client.SendAsync(_paths, target, options, stopping));
    }
}

/// <summary>Copies files and directories from a directory that a node shares.</summary>
[Cmdlet(VerbsCommunications.Receive, "R2File", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(R2FileCopy), typeof(R2FileOutcome))]
public sealed class ReceiveR2FileCommand : R2FileCmdlet
{
    private readonly List<Request> _requests = [];

    /// <summary>What to copy, from the shared directory on, with wildcards, or files from <c>Get-R2File</c>; <c>.</c> is all that is in it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FarFileCompleter))]
    public FarPathArgument[] Path { get; set; } = [];

    /// <summary>What to copy, exactly as it is written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FarFileCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The node that shares the directory: <c>bob</c>, <c>bob/carol</c>.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(PeerCompleter))]
    public AddressArgument? Target { get; set; }

    /// <summary>The directory that they go into, or the name of a single one. It is the current location unless said otherwise.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = ".";

    /// <inheritdoc/>
    protected override void Process()
    {
        var (node, target) = (ResolveNode(), ReadTarget($"{Target}"));
        foreach (var path in Path)
            Add(node, target, path.Text, path.IsLiteral);
        foreach (string path in LiteralPath)
            Add(node, target, path, isLiteral: true);
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        string destination = FullPath(Destination) + (Destination.EndsWith('/') ? "/" : "");
        foreach (var (node, service, target, isLiteral, paths) in _requests)
        {
            // All of a node's in one go: the next does not wait for the one before.
            if (ShouldProcess($"{string.Join(", ", paths)} of {target} to {destination}", "Receive"))
                Try(() => Copy(node, target, $"Receiving from {target}", (client, options, stopping) => client.ReceiveAsync(service, paths, destination, options, stopping), !isLiteral), target);
        }
    }

    private void Add(R2Node node, FileTarget target, string path, bool isLiteral)
    {
        var request = _requests.Find(r => r.Node == node && r.Service.Equals(target.Service) && r.IsLiteral == isLiteral);
        if (request is null)
            _requests.Add(request = new Request(node, target.Service, $"{Target}", isLiteral, []));
        request.Paths.Add(target.Below(path).Path);
    }

    private sealed record Request(R2Node Node, AddressPath Service, string Target, bool IsLiteral, List<string> Paths);
}
