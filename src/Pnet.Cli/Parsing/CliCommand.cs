using System.CommandLine;

namespace Pnet.Cli.Parsing;

/// <summary>A command with the examples that its help shows.</summary>
internal sealed class CliCommand : Command, ICliCommand
{
    /// <summary>Creates a command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, in one line.</param>
    /// <param name="examples">Command lines that work as they are.</param>
    public CliCommand(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; }

    /// <inheritdoc/>
    public int? WordsBeforeTransport { get; init; }

    /// <summary>Whether something that isn't found is a node, so that it counts as unreachable. The default is <see langword="true"/>.</summary>
    public bool FindsNodes { get; init; } = true;

    /// <summary>
    /// Says what is wrong with a word that begins with a dash and does not come after <c>--</c>, where the command's words are no options
    /// and none of them may be taken for one; <see langword="null"/> where such words are the command's own.
    /// </summary>
    public Func<string, string>? ExplainDash { get; init; }

    /// <summary>Sets what the command does.</summary>
    public CliCommand Does(Func<ParseResult, CancellationToken, Task<int>> action)
    {
        SetAction(action);
        return this;
    }
}
