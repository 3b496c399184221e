using Pnet;
using Pnet.Control;
using Pnet.Crypto;
using PnetPS.Blocks;

namespace PnetPS.Hosting;

/// <summary>Where nodes come from: the one place that knows the classes behind <see cref="INodeControl"/>.</summary>
internal static class NodeSource
{
    /// <summary>The manager socket that is meant where none is named.</summary>
    public static string DefaultSocketPath => ControlSocket.DefaultPath;

    /// <summary>The key file that is meant where none is named.</summary>
    public static string DefaultKeyPath => KeyFile.DefaultPath;

    /// <summary>Makes a key file.</summary>
    public static R2Identity CreateIdentity(string path, bool overwrite)
    {
        using var key = NodeKey.Generate();
        KeyFile.Save(path, key, overwrite);
        return new R2Identity(key.Id.ToString(), path);
    }

    /// <summary>Looks whose key a file holds.</summary>
    public static R2Identity LoadIdentity(string path)
    {
        using var key = KeyFile.Load(path);
        return new R2Identity(key.Id.ToString(), path);
    }

    /// <summary>Starts a node in this process.</summary>
    public static async Task<R2Node> StartAsync(NodeSettings settings, CancellationToken cancellationToken)
    {
        var networkKey = settings.NetworkKeyPath is null ? null : NetworkKey.Load(settings.NetworkKeyPath);
        Node node;
        try
        {
            var options = new NodeOptions
            {
                Name = settings.Name,
                Key = settings.KeyPath is null ? NodeKey.Generate() : KeyFile.LoadOrCreate(settings.KeyPath),
                NetworkKey = networkKey,
                SocketPath = settings.SocketPath,
                Listen = settings.Listen,
                Allow = settings.Allow,
                Relay = settings.Relay,
                AcceptObjects = settings.AcceptObjects,
                TunnelProcess = settings.TunnelProcess,
            };
            node = await Node.StartAsync(options with { KeepAlive = settings.KeepAlive ?? options.KeepAlive }, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            networkKey?.Dispose();
            throw;
        }

        var journal = new BlockJournal(new ErrorLog(), node.Events.Publish);
        var blocks = new ScriptBlockProvider(journal);
        node.Transports.Register(blocks);
        var info = await node.Control.GetNodeAsync(cancellationToken).ConfigureAwait(false);
        return new R2Node(node.Control, info, new Owned(node, networkKey), journal, new NodeEvents(node.Control, node.Events, isNodes: true), blocks) { Ended = node.Completion, Lab = settings.Lab };
    }

    /// <summary>Connects to a daemon.</summary>
    /// <param name="socketPath">Its manager socket.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="lab">The lab it belongs to, if any.</param>
    /// <param name="ended">Completes when it has ended, where that can be known.</param>
    public static async Task<R2Node> ConnectAsync(string socketPath, CancellationToken cancellationToken, string? lab = null, Task? ended = null)
    {
        var client = await ControlClient.ConnectAsync(socketPath, cancellationToken).ConfigureAwait(false);
        try
        {
            var info = await client.GetNodeAsync(cancellationToken).ConfigureAwait(false);
            var events = new EventLog();
            return new R2Node(client, info, client, new BlockJournal(new ErrorLog(), events.Publish), new NodeEvents(client, events, isNodes: false))
            {
                Lab = lab,
                Ended = ended ?? Task.CompletedTask,
            };
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private sealed class Owned(Node node, NetworkKey? networkKey) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await node.DisposeAsync().ConfigureAwait(false);
            networkKey?.Dispose();
        }
    }
}
