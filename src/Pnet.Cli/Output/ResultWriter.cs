using System.Text.Json;
using Pnet.Services.Commands;

namespace Pnet.Cli.Output;

/// <summary>Writes what commands answer: results to standard output, errors to standard error; as JSON, both to standard output.</summary>
internal sealed class ResultWriter(Printer printer, string command, bool several)
{
    private readonly Lock _lock = new();

    /// <summary>The command.</summary>
    public string Command => command;

    /// <summary>The exit code so far: that of the first failure.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Writes a result or an error, at once.</summary>
    public void Write(string node, CommandReply reply)
    {
        lock (_lock)
        {
            if (reply.Error is not null)
                Tell(node, Cli.ExitCode.Failed, reply.Error, null);
            else if (printer.Json)
                printer.Document(new ResultView(node, reply.Output), JsonText.Of<ResultView>());
            else
                printer.Line($"{(several ? $"{Terminal.Clean(node)}: " : "")}{Text(reply.Output)}");
            printer.Flush();
        }
    }

    /// <summary>Tells of a command that failed.</summary>
    public void Fail(string node, CommandError error)
    {
        lock (_lock)
            Tell(node, Cli.ExitCode.Failed, error, null);
    }

    /// <summary>Tells of a node that could not be asked.</summary>
    public void Fail(string node, PnetException failure)
    {
        lock (_lock)
        {
            // A node or a command that isn't there is as far away as one that doesn't answer.
            int exitCode = failure.Error == PnetError.NotFound ? Cli.ExitCode.Unreachable : Cli.ExitCode.Of(failure.Error);
            Tell(node, exitCode, new CommandError(failure.Message, Id: failure.Error.ToString()), failure.Action);
        }
    }

    private void Tell(string node, int exitCode, CommandError error, string? action)
    {
        ExitCode = ExitCode == 0 ? exitCode : ExitCode;
        if (printer.Json)
            printer.Document(ResultView.Of(node, error), JsonText.Of<ResultView>());
        else
            new Failure(exitCode, $"{node}: {command}: {error.Message}", action).Write(Console.Error);
    }

    private static string Text(JsonElement output) => output.ValueKind == JsonValueKind.String
        ? PlainText.CleanLines(output.GetString()!)
        : Terminal.Clean(output.GetRawText());
}
