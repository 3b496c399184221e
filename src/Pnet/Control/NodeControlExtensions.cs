namespace Pnet.Control;

/// <summary>Short forms of what a manager may ask.</summary>
public static class NodeControlExtensions
{
    /// <summary>Follows what happens at the node from now on.</summary>
    public static IAsyncEnumerable<NodeEvent> WatchAsync(this INodeControl control, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(control);
        return control.WatchAsync(EventQuery.Nothing, cancellationToken);
    }
}
