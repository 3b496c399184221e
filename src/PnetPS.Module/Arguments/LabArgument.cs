using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>A lab where a cmdlet wants one: the object, or its name. PowerShell converts to it by itself.</summary>
public sealed class LabArgument
{
    private readonly string? _name;
    private readonly R2Lab? _lab;

    /// <summary>Names a lab.</summary>
    public LabArgument(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _name = name;
    }

    /// <summary>Takes a lab that is at hand.</summary>
    public LabArgument(R2Lab lab)
    {
        ArgumentNullException.ThrowIfNull(lab);
        _lab = lab;
    }

    /// <summary>What was given.</summary>
    public override string ToString() => _lab?.Name ?? _name!;

    /// <summary>Finds the lab.</summary>
    /// <exception cref="Pnet.PnetException">There is none of that name.</exception>
    internal R2Lab ToLab() => _lab ?? ModuleState.Labs.Find(_name!);
}
