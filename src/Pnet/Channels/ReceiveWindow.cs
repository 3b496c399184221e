using System.Diagnostics;
using Pnet.Frames;

namespace Pnet.Channels;

/// <summary>
/// How much a peer may send on a channel: counts what came and what was consumed, and says when to give credit and how much.
/// </summary>
/// <remarks>
/// The window doubles when half of it is used up within a round trip while next to nothing waits to be read: then it is smaller
/// than twice what the path holds, and the sender waits for credit more than for anything else. The shortest round trip is
/// what counts, because one measured behind a full window would justify any window. It falls back to the initial size when the channel has been idle. Used under the channel's lock.
/// </remarks>
internal sealed class ReceiveWindow(BufferBudget budget)
{
    // Below this what is measured is the scheduler, not the path.
    private static readonly TimeSpan FloorRoundTrip = TimeSpan.FromMilliseconds(0.5);

    private int _size = Wire.InitialCredit;
    private int _outstanding = Wire.InitialCredit;
    private int _consumed;
    private int _withhold;
    private long _lastGrant = Stopwatch.GetTimestamp();

    /// <summary>The window in bytes.</summary>
    public int Size => _size;

    /// <summary>Counts bytes that came.</summary>
    /// <exception cref="PnetException">They are more than the peer had credit for.</exception>
    public void Receive(int bytes)
    {
        if (bytes > _outstanding)
            throw Violation.Of($"{bytes} bytes on a channel with credit for {_outstanding}");
        _outstanding -= bytes;
    }

    /// <summary>Counts bytes that left the receive buffer.</summary>
    /// <returns>Credit to give now, or 0.</returns>
    public int Consume(int bytes, TimeSpan? shortestRoundTrip)
    {
        _consumed += bytes;
        if (_consumed < _size / 2)
            return 0;
        var now = Stopwatch.GetTimestamp();
        var path = shortestRoundTrip is { } r && r > FloorRoundTrip ? r : FloorRoundTrip;
        var unread = _size - _outstanding - _consumed;
        // Half the window within a round trip; a window that is read as a whole, when all of it has come, within two.
        if (Stopwatch.GetElapsedTime(_lastGrant, now) < path * (2.0 * _consumed / _size) && unread < _size / 4 && _size < Wire.MaxWindow && budget.TryReserve(_size))
        {
            _consumed += _size;
            _size *= 2;
        }
        _lastGrant = now;
        var withheld = Math.Min(_withhold, _consumed);
        _withhold -= withheld;
        budget.Release(withheld);
        var grant = _consumed - withheld;
        _consumed = 0;
        _outstanding += grant;
        return grant;
    }

    /// <summary>Falls back to the initial size; what was given too much is kept back from credit to come.</summary>
    public void Shrink()
    {
        _withhold += _size - Wire.InitialCredit;
        _size = Wire.InitialCredit;
    }

    /// <summary>Gives all that the channel has drawn back to the budget.</summary>
    public void Close()
    {
        budget.Release(_size + _withhold);
        (_size, _withhold) = (0, 0);
    }
}
