namespace Pnet.Transports;

/// <summary>One way of getting transports, found by its URI scheme.</summary>
public interface ITransportProvider
{
    /// <summary>The URI scheme without <c>://</c>, lower case: <c>tcp</c>, <c>unix</c>.</summary>
    string Scheme { get; }

    /// <summary>Opens a transport to an endpoint.</summary>
    /// <exception cref="FormatException">The endpoint has the wrong form; the message names the part and shows the right form.</exception>
    /// <exception cref="IOException">Nothing answered there; the message says what was tried.</exception>
    ValueTask<ITransport> DialAsync(TransportAddress address, CancellationToken cancellationToken = default);

    /// <summary>Listens at an endpoint.</summary>
    /// <exception cref="FormatException">The endpoint has the wrong form.</exception>
    /// <exception cref="IOException">It can't be listened at: in use, no permission, path too long.</exception>
    /// <exception cref="NotSupportedException">This kind of transport has no listeners.</exception>
    ValueTask<IListener> ListenAsync(TransportAddress address, CancellationToken cancellationToken = default);
}
