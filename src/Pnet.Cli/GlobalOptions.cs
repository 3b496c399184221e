using System.CommandLine;
using System.CommandLine.Parsing;
using Pnet.Addressing;
using Pnet.Cli.Commands;
using Pnet.Cli.Parsing;

namespace Pnet.Cli;

/// <summary>The options that every command of <c>r2</c> has.</summary>
internal sealed class GlobalOptions
{
    /// <summary>The daemon's control socket.</summary>
    public Option<string?> Socket { get; } = new("--socket", "-s")
    {
        Description = "The daemon's control socket [default: $PNET_SOCKET_PATH or the user's own]",
        HelpName = "SOCKET",
        Recursive = true,
    };

    /// <summary>The nodes to go through; the last is asked.</summary>
    public Option<AddressPath?> Target { get; } = new("--target", "-t")
    {
        Description = "Ask this node instead; repeat it, or write a/b, to go on from there",
        HelpName = "NODE",
        Recursive = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = ReadTarget,
    };

    /// <summary>Whether answers are JSON.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Answer in JSON, one document a line", Recursive = true };

    /// <summary>Adds the options to the root.</summary>
    public void AddTo(Command root)
    {
        root.Add(Socket);
        Target.CompletesNode(this);
        root.Add(Target);
        root.Add(Json);
    }

    /// <summary>The socket that was named, or the default one.</summary>
    public string SocketOf(ParseResult parse) => parse.GetValue(Socket) ?? Nodes.DefaultSocket;

    /// <summary>The path that the targets make together.</summary>
    public AddressPath TargetOf(ParseResult parse) => parse.GetValue(Target) ?? AddressPath.Self;

    /// <summary>Sets what a command does with the node that these options name.</summary>
    public CliCommand OnNode(CliCommand command, Func<Session, CancellationToken, Task<int>> action) =>
        command.Does(async (parse, cancellationToken) =>
        {
            try
            {
                var session = await Session.OpenAsync(this, parse, cancellationToken).ConfigureAwait(false);
                await using (session.ConfigureAwait(false))
                    return await action(session, cancellationToken).ConfigureAwait(false);
            }
            catch (PnetException exception) when (exception.Error == PnetError.NotFound && command.FindsNodes)
            {
                // A node that nobody knows is as far away as one that doesn't answer.
                throw new PnetException(PnetError.Unreachable, exception.Message, exception.Action, exception);
            }
        });

    private static AddressPath? ReadTarget(ArgumentResult result)
    {
        try
        {
            AddressPath path = AddressPath.Self;
            foreach (Token target in result.Tokens)
                path = path.Append(AddressPath.Parse(target.Value));
            return path.Service is null ? path : throw new FormatException($"{path} is a service; -t names a node");
        }
        catch (FormatException exception)
        {
            result.AddError(exception.Message);
            return null;
        }
    }
}
