using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Pnet.Cli.Output;

namespace Pnet.Cli.Parsing;

/// <summary>The parser's help, not wider than 100 columns, and the command's examples after it.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private const int MaxWidth = 100;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        OutputPipe.CheckOpen();
        WriteTo(parseResult, parseResult.InvocationConfiguration.Output);
        return ExitCode.Ok;
    }

    /// <summary>Writes the help of the command that was parsed.</summary>
    public static void WriteTo(ParseResult parseResult, TextWriter output)
    {
        parseResult.InvocationConfiguration.Output = output;
        new HelpAction { MaxWidth = MaxWidth }.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ICliCommand { Examples.Count: > 0 } command)
            return;

        output.WriteLine(command.Examples.Count == 1 ? "Example:" : "Examples:");
        foreach (string example in command.Examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        if (parseResult.CommandResult.Command is RootCommand)
            output.WriteLine($"Exit codes:{Environment.NewLine}  {Cli.ExitCode.Help}{Environment.NewLine}");
    }
}
