using System.ComponentModel;
using System.Text;

namespace Pnet.Cli;

/// <summary>What a user is told of a failure: one line that says what failed and what to do, and an exit code.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Message">What failed.</param>
/// <param name="Action">What to do about it, where something can be advised.</param>
internal sealed record Failure(int ExitCode, string Message, string? Action = null)
{
    /// <summary>The number of SIGPIPE: the reader of this program's output has gone.</summary>
    private const int BrokenPipe = 13;

    /// <summary>What an exception means to the user, or <see langword="null"/> where it is a defect that deserves its stack.</summary>
    public static Failure? Of(Exception exception) => exception switch
    {
        PnetException { Error: PnetError.Closed } closed => new(Cli.ExitCode.Failed, $"the node ended this command: {closed.Message}", closed.Action ?? "see \"r2 info\" for whether it still runs"),
        PnetException pnet => new(Cli.ExitCode.Of(pnet.Error), pnet.Message, pnet.Action),
        FormatException => new(Cli.ExitCode.Usage, exception.Message),
        OutputClosedException => new(Cli.ExitCode.Signal + BrokenPipe, ""),
        UnauthorizedAccessException => new(Cli.ExitCode.Refused, SystemWords.Of(exception), "Check who may use it."),
        // A program that can't be started and a socket that fails come as the system's own exceptions.
        IOException or NotSupportedException or TimeoutException or Win32Exception => new(Cli.ExitCode.Failed, SystemWords.Of(exception)),
        OperationCanceledException => new(Cli.ExitCode.Failed, "it was cancelled"),
        _ => null,
    };

    /// <summary>Writes the line; nothing where there is nobody to read it.</summary>
    public void Write(TextWriter error)
    {
        if (Message.Length > 0)
            error.WriteLine(ToString());
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var line = new StringBuilder(ProgramName.Current).Append(": ").Append(Output.Terminal.Clean(Message.TrimEnd().TrimEnd('.')));
        if (!string.IsNullOrWhiteSpace(Action))
            line.Append("; ").Append(Output.Terminal.Clean(Decapitalize(Action.Trim().TrimEnd('.'))));
        return line.ToString();
    }

    // An action is written as a sentence; here it goes on after a semicolon.
    private static string Decapitalize(string sentence) =>
        sentence.Length > 1 && char.IsUpper(sentence[0]) && !char.IsUpper(sentence[1])
            ? char.ToLowerInvariant(sentence[0]) + sentence[1..]
            : sentence;
}
