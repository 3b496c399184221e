using System.Management.Automation;
using Pnet;
using PnetPS.Arguments;
using PnetPS.Hosting;
using PnetPS.Labs;

namespace PnetPS.Commands;

/// <summary>Gets the links of a lab.</summary>
[Cmdlet(VerbsCommon.Get, "R2LabLink")]
[OutputType(typeof(R2LabLink))]
public sealed class GetR2LabLinkCommand : R2Cmdlet
{
    /// <summary>A node at either end; without it, all links.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabNodeCompleter))]
    public string? From { get; set; }

    /// <summary>The node at the other end.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabNodeCompleter))]
    public string? To { get; set; }

    /// <summary>The lab: an object, or its name. Without it, the only one.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(LabCompleter))]
    public LabArgument? Lab { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => From ?? Lab?.ToString();

    /// <inheritdoc/>
    protected override void Process()
    {
        var lab = Lab?.ToLab() ?? ModuleState.Labs.GetDefault();
        var links = R2LabLinkCmdlet.Pick(lab, From, To);
        Await(async stopping =>
        {
            foreach (var link in links)
                await link.RefreshAsync(stopping).ConfigureAwait(false);
        });
        WriteObject(links, enumerateCollection: true);
    }
}

/// <summary>What the cmdlets share that cut and heal links.</summary>
public abstract class R2LabLinkCmdlet : R2Cmdlet
{
    private const string EndsSet = "Ends";
    private const string LinkSet = "Link";

    /// <summary>A node at one end of the link.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = EndsSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabNodeCompleter))]
    public string From { get; set; } = "";

    /// <summary>The node at the other end.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = EndsSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabNodeCompleter))]
    public string To { get; set; } = "";

    /// <summary>The lab: an object, or its name. Without it, the only one.</summary>
    [Parameter(ParameterSetName = EndsSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(LabCompleter))]
    public LabArgument? Lab { get; set; }

    /// <summary>The link itself, as <c>Get-R2LabLink</c> gives it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LinkSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public R2LabLink? Link { get; set; }

    /// <summary>Writes the link.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override object? ErrorTarget => Link?.ToString() ?? $"{From} - {To}";

    /// <summary>What is done, for <c>-WhatIf</c>.</summary>
    private protected abstract string Deed { get; }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        var link = Link ?? Pick(Lab?.ToLab() ?? ModuleState.Labs.GetDefault(), From, To)[0];
        if (ShouldProcess($"{link} of lab {link.Lab}", Deed))
            Await(stopping => LabRegistry.ChangeAsync(link.Lab, stop => ChangeAsync(link, stop), stopping), $"{Deed} {link}");
        if (PassThru)
            WriteObject(link);
    }

    /// <summary>Does it.</summary>
    private protected abstract Task ChangeAsync(R2LabLink link, CancellationToken cancellationToken);

    /// <summary>Finds links by the nodes at their ends, in either order.</summary>
    /// <exception cref="PnetException">A node isn't there, or has no such link.</exception>
    internal static IReadOnlyList<R2LabLink> Pick(R2Lab lab, string? one, string? other)
    {
        var names = ((string?[])[one, other]).OfType<string>().ToList();
        if (names.FirstOrDefault(name => lab.Find(name) is null) is { } unknown)
            throw new PnetException(PnetError.NotFound, $"lab {lab} has no node '{unknown}'", $"Its nodes are: {string.Join(", ", lab.Nodes.Keys)}.");

        var found = lab.Links.Where(link => names.All(name => name.Equals(link.From, StringComparison.OrdinalIgnoreCase) || name.Equals(link.To, StringComparison.OrdinalIgnoreCase))).ToList();
        if (found.Count == 0 && names.Count == 2)
            throw new PnetException(PnetError.NotFound, $"no link of lab {lab} joins {one} and {other}", $"Those of {one} are: {string.Join(", ", Pick(lab, one, null))}.");
        return found;
    }
}

/// <summary>Cuts a link of a lab, until it is healed.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "R2LabLink", SupportsShouldProcess = true, DefaultParameterSetName = "Ends")]
[OutputType(typeof(R2LabLink))]
public sealed class SuspendR2LabLinkCommand : R2LabLinkCmdlet
{
    private protected override string Deed => "Cut link";

    private protected override Task ChangeAsync(R2LabLink link, CancellationToken cancellationToken) => LabLinks.SuspendAsync(link, cancellationToken);
}

/// <summary>Heals a link of a lab that was cut, and waits until it is up.</summary>
[Cmdlet(VerbsLifecycle.Resume, "R2LabLink", SupportsShouldProcess = true, DefaultParameterSetName = "Ends")]
[OutputType(typeof(R2LabLink))]
public sealed class ResumeR2LabLinkCommand : R2LabLinkCmdlet
{
    /// <summary>How long the link may take to come up: seconds, or as in <c>500ms</c>.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    private protected override string Deed => "Heal link";

    private protected override async Task ChangeAsync(R2LabLink link, CancellationToken cancellationToken)
    {
        using var bound = Watch.Bound(Timeout, cancellationToken);
        await LabLinks.ResumeAsync(link, bound.Token).ConfigureAwait(false);
    }
}
