using Pnet.Channels;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Links;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>
/// A manager's link to its node. The manager is a node too, with a key for the occasion, that opens channels and offers nothing.
/// </summary>
internal sealed class ManagerLink : IAsyncDisposable
{
    /// <summary>Bytes that what is lent to the node may hold for its callers: 256 MiB.</summary>
    public const long MaxHeld = 256L << 20;

    private readonly NodeKey _key;
    private readonly ChannelSet _channels;

    private ManagerLink(NodeKey key, Link link)
    {
        _key = key;
        _channels = new ChannelSet(link, new ChannelOptions(), new BufferBudget(long.MaxValue),
            channel => channel.Reset(new Reason(ReasonCode.Refused, "a manager offers nothing")))
        {
            // What it lends to the node is used by all of that one's callers.
            Held = new BufferBudget(MaxHeld),
        };
    }

    /// <summary>Whether the link still stands.</summary>
    public bool IsUp => !_channels.Link.Completion.IsCompleted;

    public static async Task<ManagerLink> ConnectAsync(string socketPath, CancellationToken cancellationToken)
    {
        ITransport transport;
        try
        {
            transport = await UnixTransportProvider.DialPathAsync(socketPath, cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException e) when (e.Error is PnetError.Unreachable or PnetError.NotFound)
        {
            throw new PnetException(PnetError.Unreachable, $"no node answers at {socketPath}", "Start one with \"r2d -d\", or name its socket with -s or PNET_SOCKET_PATH.", e);
        }
        await CheckUserAsync(transport, socketPath).ConfigureAwait(false);
        return await OverAsync(transport, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs the link over a transport that leads to the node, and owns it.</summary>
    public static async Task<ManagerLink> OverAsync(ITransport transport, CancellationToken cancellationToken)
    {
        var key = NodeKey.Generate();
        try
        {
            var link = new ManagerLink(key, await Link.OpenAsync(transport, new LinkOptions { Key = key, Local = true }, cancellationToken).ConfigureAwait(false));
            await link._channels.Link.RunAsync(link._channels, cancellationToken).ConfigureAwait(false);
            return link;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    // Whoever may make a file where the socket is looked for could answer there in the node's place.
    private static async Task CheckUserAsync(ITransport transport, string socketPath)
    {
        if (!OperatingSystem.IsLinux() || transport is not SocketTransport socket)
            return;
        var (user, self) = (socket.GetPeerCredentials().UserId, PeerCredentials.CurrentUserId);
        if (user == self || user == 0 || self == 0)
            return;
        await transport.DisposeAsync().ConfigureAwait(false);
        throw new PnetException(PnetError.PermissionDenied, $"the node at {socketPath} is user {user}'s", "Name your own node's socket with -s or PNET_SOCKET_PATH.");
    }

    public async Task<Channel> OpenAsync(FrameAddress address, CancellationToken cancellationToken)
    {
        var channel = _channels.Open(address);
        await channel.WaitAcceptedAsync(cancellationToken).ConfigureAwait(false);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        await _channels.Link.DisposeAsync().ConfigureAwait(false);
        _key.Dispose();
    }
}
