using System.Management.Automation;
using PnetPS.Hosting;

namespace PnetPS.Commands;

/// <summary>Makes a key file: the identity of a node to come.</summary>
[Cmdlet(VerbsCommon.New, "R2Identity", SupportsShouldProcess = true)]
[OutputType(typeof(R2Identity))]
public sealed class NewR2IdentityCommand : R2Cmdlet
{
    /// <summary>The files to make, which only their owner may read.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("KeyPath")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Replaces the key that is there; it is lost.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var path in Path)
        {
            var file = FullPath(path);
            if (ShouldProcess(file, "Make key file"))
                Try(() => WriteObject(NodeSource.CreateIdentity(file, Force)), file);
        }
    }
}

/// <summary>Gets whose key a file holds.</summary>
[Cmdlet(VerbsCommon.Get, "R2Identity")]
[OutputType(typeof(R2Identity))]
public sealed class GetR2IdentityCommand : R2Cmdlet
{
    /// <summary>The key files; without it, the user's own.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("KeyPath", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var path in Path.DefaultIfEmpty(NodeSource.DefaultKeyPath))
            Try(() => WriteObject(NodeSource.LoadIdentity(FullPath(path))), path);
    }
}
