using System.Text.Json;
using System.Text.Json.Nodes;
using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;
using Pnet.Services.Commands;

namespace Pnet.Cli.Commands;

/// <summary><c>call</c> and <c>commands</c>: what other nodes do when they are asked.</summary>
internal static class CallCommands
{
    private const int AtOnce = 32;

    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Call(options), List(options)];

    private static CliCommand Call(GlobalOptions options)
    {
        var command = new CliCommand(
            "call",
            "Call a command of nodes, and write its results as they come",
            "r2 call bob get_peers",
            "r2 call bob,dave/erin add 1 2 --json",
            "r2 call -p greeting=\"good morning\" '*' hello -- -1");
        var targets = command.Argument("NODES", "Names, ids or paths with commas between; * is every known node with a link", TargetList.Read);
        targets.CompletesNodes(options);
        var name = command.Argument("NAME", "The command", ReadName);
        name.CompletesCommandOf(options, targets);
        var arguments = command.Words("ARG", "Arguments: JSON, or else text; after --, also what begins with -", static words => ReadArguments(words), optional: true);
        var parameters = command.Many("--parameter", "-p", "NAME=VALUE", "An argument by name; may be repeated");
        var timeout = command.Option("--timeout", null, "TIME", "Cancel it at a node that is not done after this long [default: never]", text => (TimeSpan?)DurationText.Parse(text), null);
        return options.OnNode(command, (session, cancellationToken) =>
        {
            var request = new CommandRequest
            {
                Arguments = session.Parse.GetValue(arguments) ?? [],
                Parameters = ReadParameters(session.Parse.GetValue(parameters) ?? []),
            };
            return RunAsync(session.Node, session.Out, session.Parse.GetRequiredValue(targets), session.Parse.GetRequiredValue(name), request, session.Parse.GetValue(timeout), cancellationToken);
        });
    }

    /// <summary>Calls a command of nodes, and writes what they answer.</summary>
    /// <param name="node">The node to go through.</param>
    /// <param name="printer">Where the answers go.</param>
    /// <param name="nodes">Names, ids and paths, or <c>*</c>.</param>
    /// <param name="name">The command.</param>
    /// <param name="request">What it is called with.</param>
    /// <param name="timeout">When it is cancelled at a node that is not done; <see langword="null"/> for never.</param>
    /// <param name="cancellationToken">Cancels it everywhere.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        INodeControl node, Printer printer, string[] nodes, string name, CommandRequest request, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var found = await MessageTarget.ResolveAsync(node, nodes, cancellationToken).ConfigureAwait(false);
        var writer = new ResultWriter(printer, name, found.Count > 1);
        using var gate = new SemaphoreSlim(AtOnce);
        var client = new CommandClient(node);
        await Task.WhenAll(found.Select(target => InvokeAsync(client, target, request, writer, timeout, gate, cancellationToken))).ConfigureAwait(false);
        return writer.ExitCode;
    }

    /// <summary>Reads a command's name.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string ReadName(string text) => CommandInfo.ServiceOf(text)[CommandInfo.ServicePrefix.Length..];

    /// <summary>Reads arguments: JSON, or else text.</summary>
    public static IReadOnlyList<JsonNode?> ReadArguments(ReadOnlySpan<string> words)
    {
        var arguments = new List<JsonNode?>(words.Length);
        foreach (string word in words)
            arguments.Add(Read(word));
        return arguments;
    }

    private static async Task InvokeAsync(
        CommandClient client, MessageTarget target, CommandRequest request, ResultWriter writer, TimeSpan? timeout, SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (timeout is { } time)
            stop.CancelAfter(time);
        try
        {
            await foreach (CommandReply reply in client.InvokeAsync(target.Path, writer.Command, request, stop.Token).ConfigureAwait(false))
                writer.Write(target.Name, reply);
        }
        catch (CommandException exception)
        {
            writer.Fail(target.Name, exception.Error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            writer.Fail(target.Name, new PnetException(PnetError.TimedOut, $"not done within {timeout!.Value.TotalSeconds:0.###} s, and cancelled"));
        }
        catch (PnetException exception)
        {
            writer.Fail(target.Name, exception);
        }
        finally
        {
            gate.Release();
        }
    }

    private static JsonNode? Read(string word)
    {
        try
        {
            return JsonNode.Parse(word);
        }
        catch (JsonException)
        {
            return word;
        }
    }

    private static Dictionary<string, JsonNode?> ReadParameters(string[] texts)
    {
        var parameters = new Dictionary<string, JsonNode?>(StringComparer.OrdinalIgnoreCase);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new FormatException($"--parameter: \"{text}\" is not NAME=VALUE");
            if (!parameters.TryAdd(text[..equals], Read(text[(equals + 1)..])))
                throw new FormatException($"--parameter: \"{text[..equals]}\" is given twice");
        }

        return parameters;
    }

    private static CliCommand List(GlobalOptions options)
    {
        var command = new CliCommand("commands", "List the commands of the node, or of another", "r2 commands", "r2 commands bob");
        var address = command.Argument("ADDRESS", "Another node; it lists those that this one may call", NodePath.Read, optional: true);
        address.CompletesNode(options);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var commands = await new CommandClient(session.Node).GetCommandsAsync(session.Parse.GetValue(address) ?? AddressPath.Self, cancellationToken).ConfigureAwait(false);
            if (session.Out.Json)
            {
                session.Out.Document(commands, JsonText.Of<IReadOnlyList<CommandInfo>>());
                return ExitCode.Ok;
            }

            var table = new TextTable("NAME", "PARAMETERS", "HELP");
            foreach (CommandInfo one in commands)
                table.Add(one.Name, one.Parameters is null ? "…" : string.Join(' ', one.Parameters), one.Help);
            table.Write(session.Out);
            return ExitCode.Ok;
        });
    }
}
