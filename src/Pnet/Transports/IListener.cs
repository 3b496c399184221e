namespace Pnet.Transports;

/// <summary>Accepts transports at an endpoint until it is disposed.</summary>
public interface IListener : IAsyncDisposable
{
    /// <summary>Where it listens, with the real port where the one asked for was 0: <c>tcp://127.0.0.1:40123</c>.</summary>
    string Endpoint { get; }

    /// <summary>Waits for the next transport.</summary>
    /// <exception cref="ObjectDisposedException">The listener was closed.</exception>
    /// <exception cref="IOException">This one could not be accepted; the listener goes on.</exception>
    ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken = default);
}
