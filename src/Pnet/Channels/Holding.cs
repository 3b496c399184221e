using Pnet.Transports;

namespace Pnet.Channels;

/// <summary>
/// What the other end of a channel makes a service hold in memory beyond the channel's window: a call that is half here or runs, a result that
/// nobody takes, names of files that are listed or announced. It is drawn on what the services may hold for that node, and for all.
/// </summary>
/// <remarks>
/// What most need is free, so that small calls are served also while others have used all there is. One caller at a time.
/// </remarks>
internal sealed class Holding : IDisposable
{
    /// <summary>Bytes that nothing is drawn for.</summary>
    public const int Free = 16 * 1024;

    private readonly BufferBudget _budget;
    private readonly Action? _limitReached;
    private long _drawn;

    /// <summary>Holds nothing yet.</summary>
    /// <param name="budget">What is drawn on.</param>
    /// <param name="limitReached">Called each time that it allows no more.</param>
    public Holding(BufferBudget budget, Action? limitReached) => (_budget, _limitReached) = (budget, limitReached);

    /// <summary>Counts for the service at the end of a transport, where that is a channel; what comes another way is the owner's own.</summary>
    public static Holding? Of(ITransport transport) => (transport as Channel)?.Hold();

    /// <summary>Says how many bytes are held from now on; what was held before still is where that is too much.</summary>
    /// <exception cref="PnetException"><see cref="PnetError.LimitReached"/>: it is more than there may be.</exception>
    public void Set(long bytes)
    {
        if (!TrySet(bytes))
            throw new PnetException(
                PnetError.LimitReached,
                $"what waits here for its callers holds all the memory that this node has for it ({_budget.Describe()}): take what it sends, ask for less at a time, or try again later");
    }

    /// <summary>Says how many bytes are held from now on, where that is not too much; otherwise what was held before still is.</summary>
    public bool TrySet(long bytes)
    {
        var more = Math.Max(0, bytes - Free) - _drawn;
        if (more > 0 && !_budget.TryReserve(more))
        {
            _limitReached?.Invoke();
            return false;
        }
        if (more < 0)
            _budget.Release(-more);
        _drawn += more;
        return true;
    }

    /// <summary>Holds nothing any more.</summary>
    public void Dispose() => Set(0);
}
