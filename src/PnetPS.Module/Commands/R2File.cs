using System.Management.Automation;
using Pnet;
using Pnet.Addressing;
using Pnet.Services.Files;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>What <c>Send-R2File</c> and <c>Receive-R2File</c> share.</summary>
public abstract class R2FileCmdlet : R2NodeCmdlet
{
    /// <summary>The name of the service that shares the directory. It is <c>files</c> unless said otherwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Service { get; set; } = FileTarget.DefaultService;

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

    /// <summary>Reads the node, and where there, that a user named: <c>bob</c>, <c>bob:photos</c>.</summary>
    private protected FileTarget ReadTarget(string text)
    {
        var target = FileTarget.IsFar(text) ? FileTarget.Parse(text) : new FileTarget(AddressPath.Parse(text));
        return target.Address.Service is null ? target with { Address = target.Address.WithService(Service) } : target;
    }

    /// <summary>Copies, and tells what becomes of it.</summary>
    private protected void Copy(R2Node node, string target, string activity, Func<FileClient, FileCopyOptions, CancellationToken, Task<FileSummary>> copy)
    {
        var progress = new FileProgress();
        var options = new FileCopyOptions { Collision = Collision, Recurse = Recurse, Flush = Flush, Progress = progress, Outcome = outcome => Post(() => Tell(outcome)) };
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
            WriteError(Failure.ToErrorRecord(new PnetException(outcome.Error ?? PnetError.Failed, outcome.Message ?? outcome.Path, Advise(outcome.Error)), outcome.Path));
        else if (outcome is { Status: FileStatus.Skipped, Error: not null })
            WriteWarning($"Skipped: {outcome.Message ?? outcome.Path}.");
        else if (outcome.Status == FileStatus.Skipped)
            WriteVerbose(outcome.Message ?? outcome.Path);
        if (PassThru)
            WriteObject(new R2File(outcome));
    }

    private static string? Advise(PnetError? error) => error switch
    {
        PnetError.AlreadyExists => "Say with -Collision what is to happen to names that are taken.",
        PnetError.Usage => "Copy directories with -Recurse.",
        PnetError.LimitReached => "Make room at the destination, and copy again.",
        _ => null,
    };
}

/// <summary>Copies files and directories to a directory that a node shares.</summary>
[Cmdlet(VerbsCommunications.Send, "R2File", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(R2FileCopy), typeof(R2File))]
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
[Cmdlet(VerbsCommunications.Receive, "R2File", SupportsShouldProcess = true)]
[OutputType(typeof(R2FileCopy), typeof(R2File))]
public sealed class ReceiveR2FileCommand : R2FileCmdlet
{
    /// <summary>What to copy, from the shared directory on; <c>.</c> is all that is in it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The node that shares the directory: <c>bob</c>, <c>bob/carol</c>.</summary>
    [Parameter(Mandatory = true, Position = 1)]
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
        string destination = FullPath(Destination) + (Destination.EndsWith('/') ? "/" : "");
        var paths = Array.ConvertAll(Path, path => target.Path.Length == 0 ? path : $"{target.Path.TrimEnd('/')}/{path}");
        if (!ShouldProcess($"{string.Join(", ", paths)} of {Target} to {destination}", "Receive"))
            return;
        Copy(node, $"{Target}", $"Receiving from {Target}", (client, options, stopping) => client.ReceiveAsync(target.Address, paths, destination, options, stopping));
    }
}
