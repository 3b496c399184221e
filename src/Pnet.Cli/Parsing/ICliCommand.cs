namespace Pnet.Cli.Parsing;

/// <summary>What this program adds to a command.</summary>
internal interface ICliCommand
{
    /// <summary>Command lines that work as they are; help ends with them.</summary>
    IReadOnlyList<string> Examples { get; }

    /// <summary>
    /// How many words come before a command line that may be several words itself (<c>tunnel ADDRESS CMD ARG…</c>: 1),
    /// or <see langword="null"/> where none follows. Options come before it, or after a transport of one word.
    /// </summary>
    int? WordsBeforeTransport { get; }
}
