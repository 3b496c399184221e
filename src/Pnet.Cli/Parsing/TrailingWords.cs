using System.CommandLine;
using System.Text;
using Pnet.Addressing;

namespace Pnet.Cli.Parsing;

/// <summary>
/// Lets a command line be written as several words at the end of another: <c>r2d sshd -i</c>, <c>r2 tunnel bob nc -l 80</c>.
/// What looks like an option after its first word is the command's own.
/// </summary>
internal static class TrailingWords
{
    /// <summary>Marks where the options end, by a <c>--</c> before the first of several words.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="arguments">The command line as it came.</param>
    /// <exception cref="FormatException">An option before that word is none of the command's: it was mistyped, and is no word of a text or of the other command line.</exception>
    public static IReadOnlyList<string> Mark(Command root, IReadOnlyList<string> arguments)
    {
        Command command = root;
        int words = 0;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
                return arguments;

            if (argument.Length > 1 && argument[0] == '-')
            {
                if (TakesWords(command) && IsUnknown(root, command, argument))
                    throw new FormatException(Explain(root, command, argument));
                if (TakesNextArgument(root, command, argument))
                    i++;
            }
            else if (words == 0 && command.Subcommands.FirstOrDefault(c => c.Name == argument) is { } sub)
            {
                command = sub;
            }
            // An id before a transport is the older way of pinning a link, not yet the transport.
            else if (command is ICliCommand { WordsBeforeTransport: { } before } && (words < before || !NodeId.TryParse(argument, out _)) && words++ == before && !IsWhole(argument))
            {
                return [.. arguments.Take(i), "--", .. arguments.Skip(i)];
            }
        }

        return arguments;
    }

    /// <summary>Makes one shell command line of its words; a single word is one already.</summary>
    public static string Join(IReadOnlyList<string> words)
    {
        if (words.Count == 1)
            return words[0];

        var line = new StringBuilder();
        foreach (string word in words)
        {
            if (line.Length > 0)
                line.Append(' ');
            AppendQuoted(line, word);
        }

        return line.ToString();
    }

    // A URI, '-' or a quoted command line is one word; options may follow it.
    private static bool IsWhole(string word) =>
        word == "-" || word.Contains("://", StringComparison.Ordinal) || word.AsSpan().ContainsAny(' ', '\t', '\n');

    // Others have the parser say what is one too many.
    private static bool TakesWords(Command command) => command.Arguments.Any(argument => argument.Arity.MaximumNumberOfValues > 1);

    // Short options may be written together, or with their value; the first is looked at. A number is none.
    private static bool IsUnknown(Command root, Command command, string argument)
    {
        if (char.IsAsciiDigit(argument[1]) && command is not ICliCommand { WordsBeforeTransport: not null })
            return false;
        string name = NameIn(argument);
        return Find(command, name) is null && Find(root, name) is null;
    }

    private static string NameIn(string argument)
    {
        if (argument[1] != '-')
            return argument[..2];
        return argument.AsSpan().IndexOfAny('=', ':') is >= 0 and var end ? argument[..end] : argument;
    }

    private static string Explain(Command root, Command command, string argument)
    {
        string? meant = Suggestion.For(NameIn(argument), command.Options.Concat(root.Options).Where(option => !option.Hidden).Select(option => option.Name));
        string guess = meant is null ? "" : $" (did you mean '{meant}'?)";
        string words = command is ICliCommand { WordsBeforeTransport: null } ? ", and what begins with - otherwise comes after --" : "";
        return $"there is no option '{argument}'{guess}{words}; see \"{NameOf(root, command)} --help\"";
    }

    private static string NameOf(Command root, Command command) =>
        command == root ? ProgramName.Current : $"{ProgramName.Current} {command.Name}";

    private static bool TakesNextArgument(Command root, Command command, string argument)
    {
        if (argument.AsSpan().ContainsAny('=', ':'))
            return false;
        if ((Find(command, argument) ?? Find(root, argument)) is { } option)
            return TakesValue(option);

        // Short ones written together: the first that takes a value has it in the rest of the word, or next to it.
        for (int i = 1; i < argument.Length && argument[1] != '-'; i++)
        {
            if ((Find(command, $"-{argument[i]}") ?? Find(root, $"-{argument[i]}")) is { } one && TakesValue(one))
                return i == argument.Length - 1;
        }

        return false;
    }

    private static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);

    private static Option? Find(Command command, string name)
    {
        foreach (Option option in command.Options)
        {
            if (option.Name == name || option.Aliases.Contains(name))
                return option;
        }

        return null;
    }

    private static void AppendQuoted(StringBuilder line, string word)
    {
        if (word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain))
        {
            line.Append(word);
            return;
        }

        // Single quotes keep everything but themselves; Windows' shell knows double ones only.
        if (OperatingSystem.IsWindows())
            line.Append('"').Append(word.Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        else
            line.Append('\'').Append(word.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'');
    }

    private static readonly System.Buffers.SearchValues<char> Plain =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%^");
}
