using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary><c>trust</c> and <c>untrust</c>: who may use services.</summary>
internal static class AccessCommands
{
    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Trust(options), Untrust(options)];

    private static CliCommand Trust(GlobalOptions options)
    {
        var command = new CliCommand(
            "trust",
            "Let a node use services and list peers; list those that may",
            "r2 trust",
            "r2 trust 6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC bob");
        var id = command.Argument("ID", "The node's id, whole", text => (NodeId?)NodeId.Parse(text), optional: true);
        var name = command.Argument("NAME", "What to call it here", NodeName.Validate, optional: true);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            if (session.Parse.GetValue(id) is not { } node)
                return WriteList(session.Out, await session.Node.GetAccessAsync(cancellationToken).ConfigureAwait(false));

            var entry = new AccessEntry { Id = node, Name = session.Parse.GetValue(name), Source = "trust file" };
            entry = await session.Node.GrantAccessAsync(entry, cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(entry, JsonText.Of<AccessEntry>());
            else
                session.Out.Line(Terminal.Clean($"{Identity.Of(entry.Name, entry.Id)} may use services"));
            return ExitCode.Ok;
        });
    }

    private static CliCommand Untrust(GlobalOptions options)
    {
        var command = new CliCommand("untrust", "Take a node's access away; tunnels that are open stay", "r2 untrust bob") { FindsNodes = false };
        var node = command.Argument("NODE", "Its name or id in \"r2 trust\"", text => text);
        node.CompletesOwn(options, (control, token) => control.GetAccessAsync(token), entry => entry.Name ?? entry.Id?.ToString());
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            await session.Node.RevokeAccessAsync(session.Parse.GetRequiredValue(node), cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
    }

    private static int WriteList(Printer printer, IReadOnlyList<AccessEntry> entries)
    {
        if (printer.Json)
        {
            printer.Document(entries, JsonText.Of<IReadOnlyList<AccessEntry>>());
            return ExitCode.Ok;
        }

        var table = new TextTable("NAME", "ID", "SOURCE");
        foreach (AccessEntry entry in entries)
            table.Add(entry.Name, entry.Id?.ToString(), entry.Source);
        table.Write(printer);
        return ExitCode.Ok;
    }
}
