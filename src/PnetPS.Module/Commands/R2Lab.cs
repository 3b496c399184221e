using System.Management.Automation;
using System.Management.Automation.Runspaces;
using PnetPS.Arguments;
using PnetPS.Hosting;
using PnetPS.Labs;

namespace PnetPS.Commands;

/// <summary>Builds a network from a recipe, or brings the lab of that name to what the recipe says.</summary>
[Cmdlet(VerbsCommon.New, "R2Lab", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(R2Lab))]
public sealed class NewR2LabCommand : R2RecipeCmdlet
{
    private volatile string _step = "making keys";

    /// <summary>The lab's name; without it, the recipe's.</summary>
    [Parameter]
    [ValidatePattern(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    public string? Name { get; set; }

    /// <summary>What the nodes are kept apart by: nothing (they run in this process), a process each, or a network namespace each.</summary>
    [Parameter]
    public R2LabIsolation Isolation { get; set; }

    /// <summary>The daemon that runs the nodes with <c>-Isolation</c>: <c>r2d</c> or <c>r2</c>; without it, the one on <c>PATH</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DaemonPath { get; set; }

    /// <summary>How long it may take until all is up: seconds, or as in <c>500ms</c>.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    protected override object? ErrorTarget => Name ?? Path.FirstOrDefault();

    private protected override void ProcessRecipe(string name, R2Recipe? recipe, IReadOnlyList<R2RecipeError> errors)
    {
        if (recipe is null)
        {
            ThrowTerminatingError(Failure.ToErrorRecord(new RecipeException(name, errors), name));
            return;
        }

        var lab = Name ?? recipe.Name;
        if (!ShouldProcess($"{lab}: {recipe.Nodes.Count} nodes, {recipe.Links.Count} links, {recipe.Services.Count} services", "Build lab"))
            return;

        var isolation = MyInvocation.BoundParameters.ContainsKey(nameof(Isolation)) ? Isolation : (R2LabIsolation?)null;
        var session = Runspace.DefaultRunspace;
        var request = new LabRequest
        {
            Name = lab,
            Recipe = recipe,
            Ends = recipe.Services.ToDictionary(service => service, service => NearEnd.From(service.Transport, TakeBlock)),
            Isolation = isolation,
            CreateSite = CreateSite(session),
            Session = session,
            Timeout = Timeout,
            Report = step => _step = step,
        };
        WriteObject(Await(stopping => ModuleState.Labs.BuildAsync(request, stopping), $"Building lab {lab}", () => _step));
    }

    // What it takes is looked for before anything is made.
    private Func<LabFolder, LabSite> CreateSite(Runspace? session)
    {
        if (Isolation == R2LabIsolation.None)
            return folder => new InProcessSite(folder, ModuleState.Nodes, session);
        if (Isolation == R2LabIsolation.Namespace)
            NamespaceSite.RequireSupport();
        var program = DaemonProgram.Find(DaemonPath is null ? null : FullPath(DaemonPath));
        return Isolation == R2LabIsolation.Namespace
            ? folder => new NamespaceSite(folder, ModuleState.Nodes, session, program)
            : folder => new ProcessSite(folder, ModuleState.Nodes, session, program);
    }
}

/// <summary>Gets the labs of this session.</summary>
[Cmdlet(VerbsCommon.Get, "R2Lab")]
[OutputType(typeof(R2Lab))]
public sealed class GetR2LabCommand : R2Cmdlet
{
    /// <summary>Names, with wildcards; without it, all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(LabCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var lab in Name.Length == 0 ? ModuleState.Labs.All : [])
            Write(lab);
        foreach (var name in Name)
            Try(() => WriteNamed(name), name);
    }

    private void WriteNamed(string name)
    {
        var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
        var found = WildcardPattern.ContainsWildcardCharacters(name)
            ? ModuleState.Labs.All.Where(lab => pattern.IsMatch(lab.Name))
            : [ModuleState.Labs.Find(name)];
        foreach (var lab in found)
            Write(lab);
    }

    private void Write(R2Lab lab)
    {
        Await(lab.RefreshAsync, $"Looking at lab {lab}");
        WriteObject(lab);
    }
}

/// <summary>Removes labs with all that they have: nodes, processes, namespaces, files.</summary>
[Cmdlet(VerbsCommon.Remove, "R2Lab", SupportsShouldProcess = true)]
public sealed class RemoveR2LabCommand : R2Cmdlet
{
    /// <summary>The lab: an object, or its name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabCompleter))]
    public LabArgument[] Lab { get; set; } = [];

    /// <inheritdoc/>
    protected override object? ErrorTarget => string.Join(", ", (object[])Lab);

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var given in Lab)
            Try(() => Remove(given.ToLab()), given.ToString());
    }

    private void Remove(R2Lab lab)
    {
        if (lab.State != R2LabState.Removed && ShouldProcess($"{lab}: {lab.Nodes.Count} nodes", "Remove lab"))
            Await(_ => ModuleState.Labs.RemoveAsync(lab), $"Removing lab {lab}");
    }
}
