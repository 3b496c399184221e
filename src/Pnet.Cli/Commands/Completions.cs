using System.CommandLine;
using System.CommandLine.Completions;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Commands;
using Pnet.Services.Content;

namespace Pnet.Cli.Commands;

/// <summary>Completes what the daemon knows: nodes, their services and commands, and what it has itself.</summary>
internal static class Completions
{
    // Whoever presses Tab waits; no list beats a late one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Completes a node, also one behind others: <c>bob/carol</c>.</summary>
    public static void CompletesNode(this Argument argument, GlobalOptions options) => argument.Completes(options, (node, word, _, token) => NodesAsync(node, word, token));

    /// <inheritdoc cref="CompletesNode(Argument, GlobalOptions)"/>
    public static void CompletesNode(this Option option, GlobalOptions options) =>
        option.CompletionSources.Add(context => List(options, context, (node, word, _, token) => NodesAsync(node, word, token)));

    /// <summary>Completes the last of nodes with commas between.</summary>
    public static void CompletesNodes(this Argument argument, GlobalOptions options) => argument.Completes(options, async (node, word, _, token) =>
    {
        int last = word.LastIndexOf(',') + 1;
        return (await NodesAsync(node, word[last..], token).ConfigureAwait(false)).Select(name => word[..last] + name);
    });

    /// <summary>Completes a node, or after it <c>/service:</c> and a service of it.</summary>
    public static void CompletesService(this Argument argument, GlobalOptions options) => argument.Completes(options, async (node, word, _, token) =>
    {
        const string Mark = "/service:";
        int at = word.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
            return await NodesAsync(node, word, token).ConfigureAwait(false);
        var services = await node.At(AddressPath.Parse(word[..at])).GetServicesAsync(token).ConfigureAwait(false);
        return services.Select(service => word[..(at + Mark.Length)] + service.Name);
    });

    /// <summary>Completes a service of the first of the nodes that another argument names.</summary>
    public static void CompletesServiceOf(this Argument argument, GlobalOptions options, Argument<string[]> nodes) => argument.Completes(options, async (node, _, parse, token) =>
        await FirstAsync(node, parse, nodes, token).ConfigureAwait(false) is { } path
            ? (await node.At(path).GetServicesAsync(token).ConfigureAwait(false)).Select(service => service.Name)
            : []);

    /// <summary>Completes a command of the first of the nodes that another argument names.</summary>
    public static void CompletesCommandOf(this Argument argument, GlobalOptions options, Argument<string[]> nodes) => argument.Completes(options, async (node, _, parse, token) =>
        await FirstAsync(node, parse, nodes, token).ConfigureAwait(false) is { } path
            ? (await new CommandClient(node).GetCommandsAsync(path, token).ConfigureAwait(false)).Select(command => command.Name)
            : []);

    /// <summary>Completes what the node itself has of something.</summary>
    public static void CompletesOwn<T>(this Argument argument, GlobalOptions options, Func<INodeControl, CancellationToken, Task<IReadOnlyList<T>>> list, Func<T, string?> name) =>
        argument.Completes(options, async (node, _, _, token) => (await list(node, token).ConfigureAwait(false)).Select(name).OfType<string>());

    /// <summary>Completes what the node publishes.</summary>
    public static void CompletesContent(this Argument argument, GlobalOptions options) =>
        argument.CompletesOwn(options, (node, token) => new ContentClient(node).GetPublishedAsync(token), content => content.Address);

    private static void Completes(this Argument argument, GlobalOptions options, Query query) =>
        argument.CompletionSources.Add(context => context is TextCompletionContext && IsCurrent(argument, context) ? List(options, context, query) : []);

    // The parser asks for all arguments of a command, however many are there.
    private static bool IsCurrent(Argument argument, CompletionContext context)
    {
        var arguments = context.ParseResult.CommandResult.Command.Arguments;
        int Given(Argument one) => context.ParseResult.GetResult(one)?.Tokens.Count ?? 0;
        return argument == (context.WordToComplete.Length > 0
            ? arguments.LastOrDefault(one => Given(one) > 0)
            : arguments.FirstOrDefault(one => Given(one) < one.Arity.MaximumNumberOfValues));
    }

    private static IEnumerable<CompletionItem> List(GlobalOptions options, CompletionContext context, Query query)
    {
        // The parser asks in order to explain an error, too; then nobody waits for names.
        if (context is not TextCompletionContext)
            return [];
        return Task.Run(() => ListAsync(options, context, query)).GetAwaiter().GetResult().Select(name => new CompletionItem(name));
    }

    private static async Task<SortedSet<string>> ListAsync(GlobalOptions options, CompletionContext context, Query query)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var local = await Nodes.ConnectAsync(options.SocketOf(context.ParseResult), patience.Token).ConfigureAwait(false);
            await using var _ = local.ConfigureAwait(false);
            var found = await query(local, context.WordToComplete, context.ParseResult, patience.Token).ConfigureAwait(false);
            return new SortedSet<string>(found, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or FormatException or OperationCanceledException)
        {
            return []; // No daemon, no names; a message would land in the command being typed.
        }
    }

    private static async Task<IEnumerable<string>> NodesAsync(INodeControl node, string word, CancellationToken cancellationToken)
    {
        int slash = word.LastIndexOf('/');
        string before = word[..(slash + 1)];
        var peers = await (slash > 0 ? node.At(AddressPath.Parse(word[..slash])) : node).GetPeersAsync(cancellationToken).ConfigureAwait(false);
        return peers.Select(peer => peer.Name ?? peer.Id?.ToString()).OfType<string>().Select(name => before + name);
    }

    private static async Task<AddressPath?> FirstAsync(INodeControl node, ParseResult parse, Argument<string[]> nodes, CancellationToken cancellationToken)
    {
        if (parse.GetResult(nodes) is not { Tokens: [var token, ..] })
            return null;
        return (await MessageTarget.ResolveAsync(node, [token.Value.Split(',')[0]], cancellationToken).ConfigureAwait(false))[0].Path;
    }

    private delegate Task<IEnumerable<string>> Query(INodeControl node, string word, ParseResult parse, CancellationToken cancellationToken);
}
