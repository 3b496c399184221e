using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PnetPS.Blocks;

/// <summary>
/// What is in a runspace before its first call. After each call it says whether the next one would find anything of it there: variables,
/// errors and the location are put back, and whoever left more than that has had the runspace for the last time.
/// </summary>
/// <remarks>
/// <c>Runspace.ResetRunspaceState</c> puts back variables and event subscribers alone, and takes twice as long. Used on the thread that runs the
/// calls, between them.
/// </remarks>
internal sealed class RunspaceBaseline : IDisposable
{
    // What each command sets, what is set before each call, and what follows the location.
    private static readonly HashSet<string> Fleeting = new(StringComparer.OrdinalIgnoreCase) { "?", "^", "$", "PWD", CommandRun.CallerVariable };

    private readonly Runspace _runspace;
    private readonly SessionStateProxy _session;
    private readonly PowerShell _look = PowerShell.Create();
    private readonly PathInfo _location;
    private readonly PSLanguageMode _mode;
    private readonly Dictionary<string, Variable> _variables;
    private readonly Dictionary<CommandInfo, object?> _commands;
    private readonly Dictionary<string, string> _drives;
    private readonly List<object?> _leftovers;
    private readonly (int Types, int Formats) _tables;

    /// <summary>Takes it down.</summary>
    /// <param name="runspace">The runspace, opened, and the default of this thread.</param>
    public RunspaceBaseline(Runspace runspace)
    {
        _runspace = runspace;
        _session = runspace.SessionStateProxy;
        _look.Runspace = runspace;
        // What only cmdlets tell of; a script would be compiled each time. Tracing and strictness, of which nothing tells, are off again.
        _look.AddCommand("Set-PSDebug").AddParameter("Off");
        foreach (var teller in (string[])["Get-Module", "Get-Job", "Get-PSSession", "Get-PSBreakpoint"])
            _look.AddStatement().AddCommand(teller);
        _location = _session.Path.CurrentLocation;
        _mode = _session.LanguageMode;
        _leftovers = ReadLeftovers();
        _commands = ReadCommands().ToDictionary(command => command, Meaning, ReferenceEqualityComparer.Instance as IEqualityComparer<CommandInfo>);
        _drives = ReadDrives();
        _tables = ReadTables();
        ErrorList?.Clear();
        _variables = ReadVariables().ToDictionary(variable => variable.Name, Variable.Of, StringComparer.OrdinalIgnoreCase);
    }

    private IList? ErrorList => _session.GetVariable("Error") as IList;

    /// <summary>Puts back what can be put back.</summary>
    /// <returns>Whether the runspace is again as it was.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A runspace that can't be looked at is not used again.")]
    public bool TryRestore()
    {
        try
        {
            // The cheap ones first; and what the cmdlets below are, before they are used.
            return _runspace.RunspaceStateInfo.State == RunspaceState.Opened
                && _session.LanguageMode == _mode
                && !HasHooks()
                && ReadTables() == _tables
                && TryRestoreLocation()
                && HasSameCommands()
                && TryRestoreVariables()
                && HasSameDrives()
                && ReadLeftovers().SequenceEqual(_leftovers, ReferenceEqualityComparer.Instance);
        }
        catch (Exception)
        {
            // What can't be put back: a constant, a folder that is gone. Or the block has closed the runspace, which may not be over yet.
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _look.Dispose();

    private bool HasHooks() =>
        _session.InvokeCommand.CommandNotFoundAction is not null
        || _session.InvokeCommand.PreCommandLookupAction is not null
        || _session.InvokeCommand.PostCommandLookupAction is not null
        || PSObject.AsPSObject(_session.InvokeCommand).Properties["LocationChangedAction"]?.Value is not null
        || _runspace.Events.ReceivedEvents.Count > 0
        || _runspace.Events.Subscribers.Count > 0;

    private (int Types, int Formats) ReadTables() => (_runspace.InitialSessionState.Types.Count, _runspace.InitialSessionState.Formats.Count);

    private bool TryRestoreLocation()
    {
        while (_session.Path.LocationStack(null).Count > 0)
            _session.Path.PopLocation(null);
        if (_session.Path.CurrentLocation.Path != _location.Path)
            _session.Path.SetLocation(WildcardPattern.Escape(_location.Path));
        return _session.Path.CurrentLocation.Path == _location.Path;
    }

    private IEnumerable<CommandInfo> ReadCommands() => _session.InvokeCommand.GetCommands("*", CommandTypes.Function | CommandTypes.Filter | CommandTypes.Alias, nameIsPattern: true);

    // Functions and aliases that are set again stay the objects they were.
    private static object? Meaning(CommandInfo command) => command is FunctionInfo function ? function.ScriptBlock : command.Definition;

    private bool HasSameCommands()
    {
        var count = 0;
        foreach (var command in ReadCommands())
        {
            count++;
            if (!_commands.TryGetValue(command, out var meaning) || !Equals(meaning, Meaning(command)))
                return false;
        }

        return count == _commands.Count;
    }

    private List<PSVariable> ReadVariables() => [.. _session.InvokeProvider.ChildItem.Get("Variable:", recurse: false).Select(item => item.BaseObject).OfType<PSVariable>()];

    private bool TryRestoreVariables()
    {
        ErrorList?.Clear();
        var count = 0;
        foreach (var variable in ReadVariables())
        {
            if (!_variables.TryGetValue(variable.Name, out var before))
            {
                _session.PSVariable.Remove(variable);
                continue;
            }

            if (!Fleeting.Contains(variable.Name) && before != Variable.Of(variable))
            {
                variable.Value = before.Value;
                if (before != Variable.Of(variable))
                    return false;
            }

            count++;
        }

        return count == _variables.Count;
    }

    private Dictionary<string, string> ReadDrives() => _session.Drive.GetAllAtScope("global").ToDictionary(drive => drive.Name, drive => drive.CurrentLocation);

    private bool HasSameDrives()
    {
        var drives = ReadDrives();
        return drives.Count == _drives.Count && drives.All(drive => _drives.TryGetValue(drive.Key, out var location) && location == drive.Value);
    }

    private List<object?> ReadLeftovers() => [.. _look.Invoke().Select(item => item?.BaseObject)];

    private readonly record struct Variable(PSVariable Itself, object? Value, int Count, ScopedItemOptions Options, int Attributes)
    {
        public static Variable Of(PSVariable variable) =>
            new(variable, variable.Value, (variable.Value as ICollection)?.Count ?? 0, variable.Options, variable.Attributes.Count);
    }
}
