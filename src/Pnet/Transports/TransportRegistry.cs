using System.Collections.Concurrent;

namespace Pnet.Transports;

/// <summary>The ways of getting transports that a node or a program knows, by URI scheme.</summary>
/// <remarks>
/// Command lines belong to the provider of the scheme <c>exec</c> and <c>-</c> to that of <c>stdio</c>.
/// Members may be called from any thread.
/// </remarks>
public sealed class TransportRegistry
{
    /// <summary>The scheme whose provider runs command lines.</summary>
    public const string CommandScheme = "exec";

    /// <summary>The scheme whose provider opens <c>-</c>.</summary>
    public const string StdioScheme = "stdio";

    private readonly ConcurrentDictionary<string, ITransportProvider> _providers = new(StringComparer.Ordinal);

    /// <summary>
    /// Creates a registry with <c>tcp://</c>, <c>unix://</c> and command lines. Standard input and output are left out:
    /// only a program that owns its stdio registers a <see cref="StdioTransportProvider"/>.
    /// </summary>
    public static TransportRegistry CreateDefault()
    {
        var registry = new TransportRegistry();
        registry.Register(new TcpTransportProvider());
        registry.Register(new UnixTransportProvider());
        registry.Register(new ProcessTransportProvider());
        return registry;
    }

    /// <summary>Adds a provider; one that was there for the same scheme is replaced.</summary>
    public void Register(ITransportProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _providers[provider.Scheme] = provider;
    }

    /// <summary>Opens a transport.</summary>
    /// <param name="address">A URI, <c>-</c>, or a shell command line; see <see cref="TransportAddress"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="FormatException">The string has the wrong form or an unknown scheme.</exception>
    /// <exception cref="PnetException">Nothing answers there or the program can't be started; the message says what was tried.</exception>
    public ValueTask<ITransport> DialAsync(string address, CancellationToken cancellationToken = default) =>
        DialAsync(TransportAddress.Parse(address), cancellationToken);

    /// <inheritdoc cref="DialAsync(string, CancellationToken)"/>
    public ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Find(address).DialAsync(address, cancellationToken);
    }

    /// <summary>Listens at an endpoint.</summary>
    /// <param name="endpoint">A URI such as <c>tcp://0.0.0.0:47210</c> (port 0 for any) or <c>unix:///run/x.sock</c>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="FormatException">The string has the wrong form or an unknown scheme, or isn't a URI.</exception>
    /// <exception cref="PnetException">It can't be listened at: in use, no permission, path too long.</exception>
    public ValueTask<IListener> ListenAsync(string endpoint, CancellationToken cancellationToken = default)
    {
        var address = TransportAddress.Parse(endpoint);
        return address.Kind == TransportAddressKind.Uri
            ? Find(address).ListenAsync(address, cancellationToken)
            : throw new FormatException($"\"{address}\" is no endpoint to listen at: give a URI such as tcp://0.0.0.0:47210 or unix:///path.");
    }

    private ITransportProvider Find(TransportAddress address)
    {
        string scheme = address.Kind switch
        {
            TransportAddressKind.Command => CommandScheme,
            TransportAddressKind.Stdio => StdioScheme,
            _ => address.Scheme!,
        };

        // A command is written as it is: exec:// would be a second spelling with quoting rules of its own.
        bool spelt = address.Kind != TransportAddressKind.Uri || scheme is not (CommandScheme or StdioScheme);
        if (spelt && _providers.TryGetValue(scheme, out ITransportProvider? provider))
            return provider;
        if (address.Kind == TransportAddressKind.Stdio)
            throw new FormatException("\"-\" (standard input and output) can't be used here: the node has no stdio to give away.");
        if (address.Kind == TransportAddressKind.Command)
            throw new FormatException($"The command \"{address}\" can't be used here: give a URI ({KnownSchemes()}).");
        throw new FormatException($"Unknown scheme \"{scheme}\" in \"{address}\": known are {KnownSchemes()}; anything without :// is a shell command.");
    }

    private string KnownSchemes() =>
        string.Join(", ", _providers.Keys.Where(s => s is not (CommandScheme or StdioScheme)).Order(StringComparer.Ordinal).Select(s => s + "://"));
}
