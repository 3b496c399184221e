using System.Text.Json;
using Pnet.Addressing;

namespace Pnet.Services.Commands;

/// <summary>A call of a command, as its handler gets it.</summary>
public sealed class CommandCall
{
    internal CommandCall(NodeId caller, CommandInfo command, IReadOnlyList<JsonElement> arguments, IReadOnlyDictionary<string, JsonElement> parameters)
    {
        Caller = caller;
        Command = command;
        Arguments = arguments;
        Parameters = parameters;
    }

    /// <summary>The node that calls, proven by its link.</summary>
    public NodeId Caller { get; }

    /// <summary>The command.</summary>
    public CommandInfo Command { get; }

    /// <summary>What was given by position.</summary>
    public IReadOnlyList<JsonElement> Arguments { get; }

    /// <summary>What was given by name; names are the same in upper and lower case.</summary>
    public IReadOnlyDictionary<string, JsonElement> Parameters { get; }

    /// <summary>What was given for a parameter of the command, by name or by position.</summary>
    /// <exception cref="CommandException">Nothing was.</exception>
    public JsonElement Get(string parameter) => TryGet(parameter, out var value)
        ? value
        : throw Invalid($"{parameter} is missing", "MissingArgument");

    /// <summary>What was given for a parameter of the command, if anything was.</summary>
    public bool TryGet(string parameter, out JsonElement value)
    {
        if (Parameters.TryGetValue(parameter, out value))
            return true;
        var position = 0;
        foreach (var declared in Command.Parameters ?? [])
        {
            // Arguments stand for those parameters in turn that aren't named.
            if (declared.Name.Equals(parameter, StringComparison.OrdinalIgnoreCase))
            {
                value = position < Arguments.Count ? Arguments[position] : default;
                return position < Arguments.Count;
            }
            position += Parameters.ContainsKey(declared.Name) ? 0 : 1;
        }
        return false;
    }

    /// <summary>What was given for a parameter, as an integer.</summary>
    /// <exception cref="CommandException">Nothing was, or it is none.</exception>
    public long GetInt64(string parameter) =>
        Get(parameter) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : throw WrongType(parameter, "an integer");

    /// <summary>What was given for a parameter, as a number.</summary>
    /// <exception cref="CommandException">Nothing was, or it is none.</exception>
    public double GetDouble(string parameter) =>
        Get(parameter) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) ? number : throw WrongType(parameter, "a number");

    /// <summary>What was given for a parameter, as text.</summary>
    /// <exception cref="CommandException">Nothing was, or it is none.</exception>
    public string GetString(string parameter) =>
        Get(parameter) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw WrongType(parameter, "text");

    /// <summary>Refuses arguments that the command has no parameters for.</summary>
    internal void Check()
    {
        if (Command.Parameters is not { } declared)
            return;
        if (Parameters.Keys.FirstOrDefault(name => !declared.Any(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) is { } unknown)
            throw Invalid($"there is no parameter {unknown}: {Command}", "UnknownParameter");
        if (Arguments.Count + Parameters.Count > declared.Count)
            throw Invalid($"{Arguments.Count + Parameters.Count} arguments, and {declared.Count} parameters: {Command}", "TooManyArguments");
        if (declared.FirstOrDefault(p => p.Mandatory && !TryGet(p.Name, out _)) is { } missing)
            throw Invalid($"{missing.Name} is missing: {Command}", "MissingArgument");
    }

    private CommandException WrongType(string parameter, string wanted) => Invalid($"{parameter} is not {wanted}: {Get(parameter).GetRawText()}", "WrongType");

    private static CommandException Invalid(string message, string id) => new(new CommandError(message, CommandError.InvalidArgument, id));
}
