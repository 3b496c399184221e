using System.CommandLine;
using System.CommandLine.Help;

namespace Pnet.Cli.Parsing;

/// <summary>The root of a command tree, with help that shows examples and the one way of telling a version.</summary>
internal sealed class CliRoot : RootCommand, ICliCommand
{
    /// <summary>Creates a root.</summary>
    /// <param name="description">What the program does.</param>
    /// <param name="examples">Command lines that work as they are.</param>
    public CliRoot(string description, params string[] examples)
        : base(description)
    {
        Examples = examples;
#if NET10_0_OR_GREATER // Version 2 of the parser, which .NET 9 has, takes the name from the process alone.
        HelpName = ProgramName.Current;
#endif
        for (int i = Options.Count - 1; i >= 0; i--)
        {
            if (Options[i] is HelpOption help)
            {
                help.Action = new HelpWithExamples();
                help.Description = "Show help";
                // A path may be called so.
                help.Aliases.Remove("/h");
                help.Aliases.Remove("/?");
            }
            else if (Options[i] is VersionOption version)
            {
                version.Action = new VersionAction();
                version.Description = "Show the version";
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; }

    /// <inheritdoc/>
    public int? WordsBeforeTransport { get; init; }
}
