using Pnet.Cli.Parsing;

namespace Pnet.Cli.Commands;

/// <summary>All commands of <c>r2</c>.</summary>
internal static class ManagerCommands
{
    /// <summary>Builds the tree.</summary>
    public static CliRoot Create()
    {
        var options = new GlobalOptions();
        var root = new CliRoot(
            "r2 drives a PnetPS node: links over anything that carries bytes, programs across them.",
            "r2d -d                                   # start a node in the background",
            "r2 connect tcp://example.com:47210       # link it to another",
            "r2 ls                                    # see its links",
            "r2 tunnel bob -                          # talk to bob's tunnel process");
        options.AddTo(root);
        foreach (CliCommand command in (ReadOnlySpan<CliCommand>)[
            .. LinkCommands.Create(options),
            TicketCommand.Create(options),
            .. TunnelCommands.Create(options),
            .. ServiceCommands.Create(options),
            .. MessageCommands.Create(options),
            .. CallCommands.Create(options),
            InvokeCommand.Create(options),
            CopyCommand.Create(options),
            FilesCommand.Create(options),
            .. ContentCommands.Create(options),
            .. PathCommands.Create(options),
            .. ListenerCommands.Create(options),
            .. AccessCommands.Create(options),
            .. NodeCommands.Create(options),
            .. EventCommands.Create(options),
            KeyCommands.Create(options),
            DemoCommand.Create(),
            CompletionCommand.Create(),
            DaemonHint.Create()])
        {
            root.Add(command);
        }

        return root;
    }
}
