using System.Text.Json.Nodes;
using Pnet.Services.Commands;

namespace Pnet.Control;

/// <summary>Offers functions of this process as commands of a node.</summary>
public static class CommandRegistration
{
    /// <summary>Offers a command.</summary>
    /// <param name="node">The node: in this process, or a daemon.</param>
    /// <param name="command">Its name and its parameters.</param>
    /// <param name="handler">Runs each call.</param>
    /// <param name="allow">Who may call it beside known nodes: ids or names, or <c>*</c> for anyone.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The offer, which lasts until it is disposed of.</returns>
    /// <exception cref="FormatException">The name is none.</exception>
    /// <exception cref="PnetException">There is a command of that name.</exception>
    public static Task<IAttachedService> RegisterCommandAsync(
        this INodeControl node, CommandInfo command, CommandHandler handler, IReadOnlyList<string>? allow = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(handler);
        var request = new ServiceRequest { Name = CommandInfo.ServiceOf(command.Name), Transport = $"command {command}", Allow = allow ?? [], Command = command };
        return node.AttachServiceAsync(request, (caller, transport, token) => CommandServer.ServeAsync(transport, caller, command, handler, token), cancellationToken);
    }

    /// <summary>Offers a function with one result as a command.</summary>
    /// <inheritdoc cref="RegisterCommandAsync(INodeControl, CommandInfo, CommandHandler, IReadOnlyList{string}?, CancellationToken)"/>
    public static Task<IAttachedService> RegisterCommandAsync(
        this INodeControl node, CommandInfo command, Func<CommandCall, CancellationToken, Task<JsonNode?>> handler, IReadOnlyList<string>? allow = null, CancellationToken cancellationToken = default) =>
        node.RegisterCommandAsync(command, async (call, output, token) => output.Append(await handler(call, token).ConfigureAwait(false)), allow, cancellationToken);

    /// <summary>Offers a function with any number of results as a command. It goes on as the caller takes them.</summary>
    /// <inheritdoc cref="RegisterCommandAsync(INodeControl, CommandInfo, CommandHandler, IReadOnlyList{string}?, CancellationToken)"/>
    public static Task<IAttachedService> RegisterCommandAsync(
        this INodeControl node, CommandInfo command, Func<CommandCall, CancellationToken, IAsyncEnumerable<JsonNode?>> handler, IReadOnlyList<string>? allow = null, CancellationToken cancellationToken = default) =>
        node.RegisterCommandAsync(
            command,
            async (call, output, token) =>
            {
                await foreach (var result in handler(call, token).ConfigureAwait(false))
                    await output.WriteAsync(result, token).ConfigureAwait(false);
            },
            allow,
            cancellationToken);
}
