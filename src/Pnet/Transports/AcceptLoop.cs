namespace Pnet.Transports;

/// <summary>Takes transports from a listener, which it owns, until it is disposed.</summary>
internal sealed class AcceptLoop : IAsyncDisposable
{
    private readonly IListener _listener;
    private readonly Action<ITransport> _accepted;
    private readonly Action<IOException> _failed;
    private readonly Task _running;
    private long _count;

    /// <summary>Begins to accept.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="accepted">Is handed each transport, and owns it; it must not block.</param>
    /// <param name="failed">Is told of one that could not be accepted; the loop goes on.</param>
    public AcceptLoop(IListener listener, Action<ITransport> accepted, Action<IOException> failed)
    {
        (_listener, _accepted, _failed) = (listener, accepted, failed);
        _running = RunAsync();
    }

    /// <summary>See <see cref="IListener.Endpoint"/>.</summary>
    public string Endpoint => _listener.Endpoint;

    /// <summary>Transports accepted so far.</summary>
    public long Accepted => Interlocked.Read(ref _count);

    /// <summary>Closes the listener; no transport is handed out after that.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                var transport = await _listener.AcceptAsync().ConfigureAwait(false);
                Interlocked.Increment(ref _count);
                _accepted(transport);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (IOException e)
            {
                _failed(e);
            }
        }
    }
}
