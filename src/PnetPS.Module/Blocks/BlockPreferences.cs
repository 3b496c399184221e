using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PnetPS.Blocks;

/// <summary>
/// The preference variables that a script block begins with: those of the session that wrote it and of the cmdlet it was
/// passed to (<c>-Verbose</c>, <c>-Debug</c>, <c>-ErrorAction</c> …), as for a function that is called from there.
/// </summary>
/// <remarks>
/// Nobody is there to be asked, so whatever would ask continues. Errors and warnings are never silent: whether the caller sees
/// them is the cmdlet's to decide, and the node's history always has them.
/// </remarks>
internal sealed class BlockPreferences
{
    private readonly Dictionary<string, ActionPreference> _values;

    private BlockPreferences(Dictionary<string, ActionPreference> values) => _values = values;

    /// <summary>Takes them from a cmdlet; on the pipeline's thread.</summary>
    public static BlockPreferences Of(PSCmdlet cmdlet) => new(new Dictionary<string, ActionPreference>
    {
        ["ErrorActionPreference"] = Loud(Find(cmdlet, "ErrorActionPreference", "ErrorAction")),
        ["WarningPreference"] = Loud(Find(cmdlet, "WarningPreference", "WarningAction")),
        ["VerbosePreference"] = Quiet(Find(cmdlet, "VerbosePreference", "Verbose")),
        ["DebugPreference"] = Quiet(Find(cmdlet, "DebugPreference", "Debug")),
        ["InformationPreference"] = Quiet(Find(cmdlet, "InformationPreference", "InformationAction")),
        ["ProgressPreference"] = Quiet(Find(cmdlet, "ProgressPreference", "ProgressAction")),
    });

    /// <summary>Sets them in a runspace.</summary>
    public void Set(Runspace runspace)
    {
        foreach (var (name, value) in _values)
            runspace.SessionStateProxy.SetVariable(name, value);
    }

    private static ActionPreference Find(PSCmdlet cmdlet, string variable, string parameter) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var bound)
            ? bound is SwitchParameter given ? Read(given ? ActionPreference.Continue : ActionPreference.SilentlyContinue) : Read(bound)
            : Read(cmdlet.GetVariableValue(variable));

    private static ActionPreference Read(object? value) =>
        LanguagePrimitives.TryConvertTo<ActionPreference>(value, out var preference) ? preference : ActionPreference.Continue;

    private static ActionPreference Loud(ActionPreference preference) =>
        preference == ActionPreference.Stop ? ActionPreference.Stop : ActionPreference.Continue;

    private static ActionPreference Quiet(ActionPreference preference) =>
        preference is ActionPreference.SilentlyContinue or ActionPreference.Ignore ? ActionPreference.SilentlyContinue : ActionPreference.Continue;
}
