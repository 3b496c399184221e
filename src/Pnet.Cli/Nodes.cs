using Pnet.Cli.Daemon;
using Pnet.Control;
using Pnet.Transports;

namespace Pnet.Cli;

/// <summary>How this program gets at nodes and at transports of its own.</summary>
internal static class Nodes
{
    /// <summary>The control socket where none is named.</summary>
    public static string DefaultSocket => ControlSocket.DefaultPath;

    /// <summary>Talks to the daemon at a socket.</summary>
    /// <exception cref="PnetException"><see cref="PnetError.Unreachable"/>: none answers there.</exception>
    public static async Task<INodeControl> ConnectAsync(string socketPath, CancellationToken cancellationToken)
    {
        try
        {
            return await SocketCompletions.InlineAsync(() => ControlClient.ConnectAsync(socketPath, cancellationToken)).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error is PnetError.Unreachable or PnetError.NotFound)
        {
            throw new PnetException(PnetError.Unreachable, $"no node answers at {socketPath}", "start one with \"r2d -d\"", exception);
        }
    }

    /// <summary>Starts a node.</summary>
    public static async Task<Node> StartAsync(DaemonSettings settings, CancellationToken cancellationToken)
    {
        var options = new NodeOptions
        {
            Name = settings.Name,
            Key = Crypto.KeyFile.LoadOrCreate(settings.KeyPath),
            NetworkKey = settings.NetworkKeyPath is { } path ? Crypto.NetworkKey.Load(path) : null,
            SocketPath = settings.Socket,
            Listen = settings.Listen,
            Allow = settings.Allow,
            Relay = settings.Relay,
            AcceptObjects = settings.AcceptObjects,
            TunnelProcess = settings.TunnelProcess,
            TrustFile = settings.TrustPath,
            KeepAlive = settings.KeepAlive ?? TimeSpan.FromSeconds(20),
        };
        return await SocketCompletions.InlineAsync(() => Node.StartAsync(options, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>The transports that a manager opens itself: its stdio too, and programs that share its standard error.</summary>
    public static TransportRegistry Transports()
    {
        var registry = TransportRegistry.CreateDefault();
        registry.Register(new StdioTransportProvider());
        registry.Register(new ProcessTransportProvider(new ProcessOptions { CaptureStandardError = false }));
        return registry;
    }

    /// <summary>This process's standard input and output.</summary>
    public static ITransport Stdio() => StdioTransport.Open();
}
