using Pnet;

namespace PnetPS.Hosting;

/// <summary>Where nodes come from: the one place that knows the classes behind <see cref="Pnet.Control.INodeControl"/>.</summary>
internal static class NodeSource
{
    /// <summary>The manager socket that is meant where none is named.</summary>
    public static string DefaultSocketPath => throw Missing();

    /// <summary>Starts a node in this process.</summary>
    public static Task<R2Node> StartAsync(NodeSettings settings, CancellationToken cancellationToken) => throw Missing();

    /// <summary>Connects to a daemon.</summary>
    public static Task<R2Node> ConnectAsync(string socketPath, CancellationToken cancellationToken) => throw Missing();

    private static PnetException Missing() => new(PnetError.Failed, "this build has no node");
}
