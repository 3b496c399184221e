using System.CommandLine.Completions;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary>Completes the names and ids of the nodes that the daemon is linked to.</summary>
internal static class PeerCompletions
{
    // Whoever presses Tab waits; no list beats a late one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The source for arguments that name a node.</summary>
    public static Func<CompletionContext, IEnumerable<CompletionItem>> For(GlobalOptions options) => context =>
    {
        // The parser asks in order to explain an error, too; then nobody waits for names.
        if (context is not TextCompletionContext)
            return [];

        string socket = options.SocketOf(context.ParseResult);
        return Task.Run(() => ListAsync(socket)).GetAwaiter().GetResult();
    };

    private static async Task<IEnumerable<CompletionItem>> ListAsync(string socket)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var node = await Nodes.ConnectAsync(socket, patience.Token).ConfigureAwait(false);
            await using var _ = node.ConfigureAwait(false);
            var names = new SortedSet<string>(StringComparer.Ordinal);
            foreach (PeerInfo peer in await node.GetPeersAsync(patience.Token).ConfigureAwait(false))
            {
                if (peer.Name is { } name)
                    names.Add(name);
                else if (peer.Id is { } id)
                    names.Add(id.ToString());
            }

            return [.. names.Select(name => new CompletionItem(name))];
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return []; // No daemon, no names; a message would land in the command being typed.
        }
    }
}
