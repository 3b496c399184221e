using System.Net.Sockets;

namespace Pnet.EndToEnd.Fixture;

/// <summary>
/// A place on the way of a link that lets so many bytes pass as it is told to and then none, until it is opened: what is looked at in
/// the middle stays there, however quick the programs are.
/// </summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _to;
    private readonly Lock _lock = new();
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _left = long.MaxValue;

    /// <summary>Opens one, through which everything passes.</summary>
    /// <param name="at">The path of the socket that it listens at.</param>
    /// <param name="to">The path of the socket that it leads to.</param>
    public Gate(string at, string to)
    {
        (Path, _to) = (at, to);
        _listener.Bind(new UnixDomainSocketEndPoint(at));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>The path of its socket.</summary>
    public string Path { get; }

    /// <summary>Whether as many bytes have passed as were to.</summary>
    public bool IsShut
    {
        get
        {
            lock (_lock)
                return _left == 0;
        }
    }

    /// <summary>Lets so many more bytes pass, of both directions together, and then holds what comes.</summary>
    public void CloseAfter(long bytes)
    {
        lock (_lock)
        {
            _left = bytes;
            if (_opened.Task.IsCompleted)
                _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Lets everything pass, what was held first.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _left = long.MaxValue;
            _opened.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(JoinAsync(await _listener.AcceptAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            // Disposed of.
        }
    }

    private async Task JoinAsync(Socket near)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (near)
        {
            try
            {
                await far.ConnectAsync(new UnixDomainSocketEndPoint(_to), over.Token);
                // A link is over when either direction is.
                Task[] directions = [PassAsync(near, far, over.Token), PassAsync(far, near, over.Token)];
                await Task.WhenAny(directions);
                await over.CancelAsync();
                await Task.WhenAll(directions);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Either end may go, or not be there.
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and int count)
        {
            for (int sent = 0; sent < count;)
            {
                int room = await RoomAsync(count - sent, cancellationToken);
                for (int end = sent + room; sent < end;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, end - sent), cancellationToken);
            }
        }
    }

    private async Task<int> RoomAsync(int wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task opened;
            lock (_lock)
            {
                int room = (int)Math.Min(wanted, _left);
                if (room > 0)
                {
                    _left -= room;
                    return room;
                }
                opened = _opened.Task;
            }
            await opened.WaitAsync(cancellationToken);
        }
    }
}
