using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pnet.Addressing;
using Pnet.Frames;

namespace Pnet.Services.Commands;

/// <summary>Calls commands of other nodes from a node of this user's.</summary>
/// <param name="node">The node to go through, in this process or behind a manager socket.</param>
public sealed class CommandClient(IServiceOpener node)
{
    /// <summary>Characters in all commands that a node may list: 16 Mi.</summary>
    public const int MaxListed = 16 << 20;

    /// <summary>Opens a way to a command, for many calls.</summary>
    /// <inheritdoc cref="CommandConnection.OpenAsync"/>
    public Task<CommandConnection> OpenAsync(AddressPath target, string name, CancellationToken cancellationToken = default) =>
        CommandConnection.OpenAsync(node, target, name, cancellationToken);

    /// <summary>Calls a command. Leaving the enumeration before its end, or cancelling, cancels the command as well.</summary>
    /// <param name="target">The node that has the command, as a path without a service.</param>
    /// <param name="name">The command.</param>
    /// <param name="request">What it is called with.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Results and errors as they come.</returns>
    /// <exception cref="CommandException">The command failed.</exception>
    /// <exception cref="PnetException">The node can't be reached, doesn't know this one, or has no such command.</exception>
    public async IAsyncEnumerable<CommandReply> InvokeAsync(
        AddressPath target, string name, CommandRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var connection = await OpenAsync(target, name, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await foreach (var reply in connection.InvokeAsync(request, cancellationToken).ConfigureAwait(false))
                yield return reply;
        }
    }

    /// <summary>Calls a command that has one result.</summary>
    /// <returns>The result; of several the last, and of none <see langword="null"/>.</returns>
    /// <exception cref="CommandException">The command failed, or told of an error on its way.</exception>
    /// <exception cref="PnetException">The node can't be reached, doesn't know this one, or has no such command.</exception>
    public async Task<JsonElement?> CallAsync(AddressPath target, string name, IReadOnlyList<JsonNode?> arguments, CancellationToken cancellationToken = default)
    {
        JsonElement? result = null;
        await foreach (var reply in InvokeAsync(target, name, new CommandRequest { Arguments = arguments }, cancellationToken).ConfigureAwait(false))
            result = reply.Error is null ? reply.Output : throw new CommandException(reply.Error);
        return result;
    }

    /// <summary>Lists the commands of a node that this one may call.</summary>
    /// <exception cref="CommandException">The node could not list them.</exception>
    /// <exception cref="PnetException">The node can't be reached, doesn't know this one, or lists more than <see cref="MaxListed"/>.</exception>
    public async Task<IReadOnlyList<CommandInfo>> GetCommandsAsync(AddressPath target, CancellationToken cancellationToken = default)
    {
        var commands = new List<CommandInfo>();
        var left = MaxListed;
        try
        {
            await foreach (var reply in InvokeAsync(target, BuiltInCommands.GetFunctions, CommandRequest.Empty, cancellationToken).ConfigureAwait(false))
            {
                if (reply.Error is { } error)
                    throw new CommandException(error);
                left -= reply.Output.GetRawText().Length;
                if (left < 0)
                    throw Violation.Of($"commands: more than {MaxListed} characters of them");
                commands.Add(reply.Output.Deserialize(CommandJson.Default.CommandInfo) is { Name: not null } command && command.Parameters?.Any(parameter => parameter?.Name is null) != true
                    ? command
                    : throw Violation.Of("commands: one without a name, or with such a parameter"));
            }
        }
        catch (JsonException e)
        {
            throw Violation.Of($"commands: {e.Message}");
        }
        return commands;
    }
}
