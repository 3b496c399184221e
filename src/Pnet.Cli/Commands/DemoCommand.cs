using Pnet.Cli.Parsing;

namespace Pnet.Cli.Commands;

/// <summary><c>demo</c>: the real thing in a few seconds.</summary>
internal static class DemoCommand
{
    /// <summary>Builds the command.</summary>
    public static CliCommand Create() =>
        new CliCommand("demo", "Show nodes, links, a route and a tunnel at work, in a few seconds", "r2 demo")
            .Does((_, cancellationToken) => Demo.DemoRun.RunAsync(cancellationToken));
}
