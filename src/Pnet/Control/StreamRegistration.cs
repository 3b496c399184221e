using Pnet.Services.Streams;

namespace Pnet.Control;

/// <summary>Offers functions of this process, from a stream to a stream, as services of a node.</summary>
public static class StreamRegistration
{
    /// <summary>Offers a function as a service.</summary>
    /// <param name="node">The node: in this process, or a daemon.</param>
    /// <param name="name">The service's name.</param>
    /// <param name="function">Runs once for each use, several times at once.</param>
    /// <param name="allow">Who may use it beside known nodes: ids or names, or <c>*</c> for anyone.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The offer, which lasts until it is disposed of.</returns>
    /// <exception cref="FormatException">The name is none.</exception>
    /// <exception cref="PnetException">There is a service of that name.</exception>
    public static Task<IAttachedService> RegisterStreamAsync(
        this INodeControl node, string name, StreamFunction function, IReadOnlyList<string>? allow = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(function);
        var request = new ServiceRequest { Name = name, Transport = $"function {name}", Allow = allow ?? [] };
        return node.AttachServiceAsync(request, (caller, transport, token) => StreamServer.ServeAsync(transport, caller, function, token), cancellationToken);
    }

    /// <summary>Offers a function as a service that doesn't ask who uses it.</summary>
    /// <inheritdoc cref="RegisterStreamAsync(INodeControl, string, StreamFunction, IReadOnlyList{string}?, CancellationToken)"/>
    public static Task<IAttachedService> RegisterStreamAsync(
        this INodeControl node,
        string name,
        Func<Stream, Stream, CancellationToken, Task> function,
        IReadOnlyList<string>? allow = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return node.RegisterStreamAsync(name, (_, input, output, token) => function(input, output, token), allow, cancellationToken);
    }
}
