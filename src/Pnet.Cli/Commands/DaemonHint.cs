using Pnet.Cli.Parsing;

namespace Pnet.Cli.Commands;

/// <summary><c>daemon</c> in the help of <c>r2</c>. As the first word it never gets here: see <see cref="ProgramName"/>.</summary>
internal static class DaemonHint
{
    /// <summary>Builds the command.</summary>
    public static CliCommand Create()
    {
        var command = new CliCommand(ProgramName.DaemonCommand, "Run a node: the same as r2d", "r2 daemon --detach", "r2 daemon --help") { WordsBeforeTransport = 0 };
        command.Words("CMD", "See \"r2 daemon --help\"", TrailingWords.Join, optional: true);
        return command.Does((_, _) => throw new FormatException("daemon must be the first word; write \"r2 daemon\" and its options after it"));
    }
}
