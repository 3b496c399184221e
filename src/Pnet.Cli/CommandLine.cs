using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Unicode;
using Pnet.Cli.Commands;
using Pnet.Cli.Daemon;
using Pnet.Cli.Parsing;

namespace Pnet.Cli;

/// <summary>Parses a command line and runs what it says.</summary>
internal sealed class CommandLine
{
    private const string SuggestMark = "[suggest:";

    private readonly Command _root;

    /// <summary>Builds the commands of the daemon or of the manager.</summary>
    public CommandLine(bool daemon) => _root = daemon ? DaemonCommand.Create() : ManagerCommands.Create();

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(string[] arguments, Signals signals)
    {
        // A word that starts with @ is a word: the parser's response files are off.
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null };
        if (arguments is [var directive, var line] && directive.StartsWith(SuggestMark, StringComparison.Ordinal))
            return Task.FromResult(Suggest(line, directive.AsSpan(SuggestMark.Length).TrimEnd(']'), configuration));
        arguments = ProgramName.StripCommand(arguments);
        CheckEncoding(arguments);
        // "r2 help send" is "r2 send --help", for a command that there is.
        bool help = !ProgramName.IsDaemon && arguments is ["help", ..];
        if (help)
            arguments = arguments[1..];
        ParseResult result = _root.Parse(TrailingWords.Mark(_root, arguments), configuration);
        if (help && (arguments.Length == 0 || result.CommandResult.Command != _root))
            result = _root.Parse([.. arguments, "--help"], configuration);
        if (FindDash(result) is { } wrong)
            return Task.FromResult(Explain(result.CommandResult.Command, wrong));
        if (result.Action is ParseErrorAction or null)
            return Task.FromResult(ExplainErrors(result));

        // Exceptions and signals are this program's business: see Program and Signals.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return result.InvokeAsync(invocation, signals.Token);
    }

    // What the parser suggests, without what nobody wants to see on Tab: options where none was begun, and what contains the word somewhere.
    private int Suggest(string line, ReadOnlySpan<char> cursor, ParserConfiguration configuration)
    {
        line = int.TryParse(cursor, CultureInfo.InvariantCulture, out int position) && position >= 0 && position < line.Length ? line[..position] : line;
        ParseResult result = _root.Parse(line, configuration);
        string word = result.GetCompletionContext().WordToComplete;
        var all = result.GetCompletions(line.Length).Select(item => item.Label).Where(label => label != "-?" && label.StartsWith(word, StringComparison.Ordinal)).ToList();
        var values = all.Where(label => label[0] != '-').ToList();
        bool options = word.StartsWith('-') || (values.Count == 0 && result.CommandResult.Command.Arguments.Count == 0);
        using var printer = new Output.Printer(json: false);
        foreach (string label in options ? all : values)
            printer.Line(label);
        return ExitCode.Ok;
    }

    // The runtime puts U+FFFD in the place of what is no text. Nobody means that: a message would be another one, a file not be found.
    private static void CheckEncoding(string[] arguments)
    {
        const string CommandLineFile = "/proc/self/cmdline";
        if (Array.Find(arguments, word => word.Contains('\uFFFD')) is { } word && File.Exists(CommandLineFile) && !Utf8.IsValid(File.ReadAllBytes(CommandLineFile)))
            throw new FormatException($"'{word}' is not UTF-8, as arguments have to be; \"r2 send --bytes\" sends what standard input has");
    }

    // What is no option is a word to the parser, also where somebody has mistyped one.
    private static string? FindDash(ParseResult result)
    {
        if (result.CommandResult.Command is not CliCommand { ExplainDash: { } explain } || result.Action is HelpWithExamples)
            return null;
        var words = result.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).Where(token => token.Type == TokenType.Argument);
        return words.FirstOrDefault(word => word.Value.StartsWith('-')) is { } word ? explain(word.Value) : null;
    }

    private static int ExplainErrors(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        if (command.Subcommands.Count > 0 && result.UnmatchedTokens.Count == 0)
        {
            // No command at all: help says more than an error would.
            HelpWithExamples.WriteTo(result, Console.Error);
            return ExitCode.Usage;
        }

        return Explain(command, MessageOf(result));
    }

    private static int Explain(Command command, string message)
    {
        string help = command is RootCommand ? $"{ProgramName.Current} --help" : $"{ProgramName.Manager} {PathOf(command)} --help";
        new Failure(ExitCode.Usage, message, $"see \"{help}\"").Write(Console.Error);
        return ExitCode.Usage;
    }

    private static string MessageOf(ParseResult result)
    {
        var (command, root) = (result.CommandResult.Command, result.RootCommandResult.Command);
        if (result.UnmatchedTokens.Count == 0)
        {
            return result.Errors switch
            {
                // One of the two versions of the parser does not say which argument it misses.
                [{ SymbolResult: ArgumentResult { Tokens.Count: 0 } missing }, ..] => $"{missing.Argument.Name} is missing: {missing.Argument.Description}",
                [var error, ..] => error.Message,
                _ => "the command line has the wrong form",
            };
        }

        string word = result.UnmatchedTokens[0];
        string kind = word.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        IEnumerable<string> known = kind == "option" ? command.Options.Concat(root.Options).Select(o => o.Name) : command.Subcommands.Select(c => c.Name);
        return Suggestion.For(word, known) is { } meant
            ? $"there is no {kind} '{word}' (did you mean '{meant}'?)"
            : kind == "argument" ? $"'{word}' is one argument too many" : $"there is no {kind} '{word}'";
    }

    private static string PathOf(Command command)
    {
        string path = command.Name;
        foreach (Symbol parent in command.Parents)
        {
            if (parent is Command and not RootCommand)
                path = $"{parent.Name} {path}";
        }

        return path;
    }
}
