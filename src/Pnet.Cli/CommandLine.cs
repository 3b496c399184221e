using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Pnet.Cli.Commands;
using Pnet.Cli.Daemon;
using Pnet.Cli.Parsing;

namespace Pnet.Cli;

/// <summary>Parses a command line and runs what it says.</summary>
internal sealed class CommandLine
{
    private readonly Command _root;

    /// <summary>Builds the commands of the daemon or of the manager.</summary>
    public CommandLine(bool daemon) => _root = daemon ? DaemonCommand.Create() : ManagerCommands.Create();

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(string[] arguments, Signals signals)
    {
        // A word that starts with @ is a word: the parser's response files are off.
        var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null };
        ParseResult result = _root.Parse(TrailingWords.Mark(_root, ProgramName.StripCommand(arguments)), configuration);
        if (result.Action is ParseErrorAction or null)
            return Task.FromResult(ExplainErrors(result));

        // Exceptions and signals are this program's business: see Program and Signals.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return result.InvokeAsync(invocation, signals.Token);
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

        string help = command is RootCommand ? $"{ProgramName.Current} --help" : $"{ProgramName.Manager} {PathOf(command)} --help";
        new Failure(ExitCode.Usage, MessageOf(result), $"see \"{help}\"").Write(Console.Error);
        return ExitCode.Usage;
    }

    private static string MessageOf(ParseResult result)
    {
        if (result.UnmatchedTokens.Count == 0)
        {
            return result.Errors switch
            {
                // One of the two versions of the parser does not say which argument it misses.
                [{ SymbolResult: ArgumentResult { Tokens.Count: 0 } missing }, ..] => $"{missing.Argument.Name} is missing",
                [var error, ..] => error.Message,
                _ => "the command line has the wrong form",
            };
        }

        string word = result.UnmatchedTokens[0];
        var (command, root) = (result.CommandResult.Command, result.RootCommandResult.Command);
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
