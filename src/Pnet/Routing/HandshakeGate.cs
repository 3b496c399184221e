namespace Pnet.Routing;

/// <summary>Limits the handshakes that strangers make this node do: so many at once, so many a second.</summary>
internal sealed class HandshakeGate(int maxAtOnce, int maxPerSecond)
{
    private readonly Lock _lock = new();
    private int _running;
    private double _allowance = maxPerSecond;
    private long _refilled = Environment.TickCount64;

    /// <summary>Begins a handshake; <see cref="Leave"/> must follow where it may.</summary>
    /// <exception cref="PnetException">A limit is reached.</exception>
    public void Enter()
    {
        lock (_lock)
        {
            var now = Environment.TickCount64;
            _allowance = Math.Min(maxPerSecond, _allowance + ((now - _refilled) * maxPerSecond / 1000.0));
            _refilled = now;
            if (_running >= maxAtOnce)
                throw new PnetException(PnetError.LimitReached, $"{maxAtOnce} handshakes are under way");
            if (_allowance < 1)
                throw new PnetException(PnetError.LimitReached, $"more than {maxPerSecond} handshakes a second");
            _allowance--;
            _running++;
        }
    }

    /// <summary>Ends a handshake.</summary>
    public void Leave()
    {
        lock (_lock)
            _running--;
    }
}
