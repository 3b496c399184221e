namespace Pnet.Services.Content;

/// <summary>The attempts at one content: when there is to be another one, and what peers gave in all of them.</summary>
internal sealed class ContentAttempts(ContentFetchOptions options)
{
    /// <summary>The first pause; each that follows is twice as long.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly List<ContentPeer> _gave = [];
    private TimeSpan _pause = FirstPause;
    private long? _idleSince;
    private bool _last;

    /// <summary>Decides whether there is to be another attempt after one that has failed.</summary>
    /// <param name="failure">How it failed.</param>
    /// <param name="peers">What peers gave in it.</param>
    /// <param name="pause">What to wait for first.</param>
    public bool TryAgain(PnetException failure, IReadOnlyList<ContentPeer> peers, out TimeSpan pause)
    {
        pause = default;
        // Others than these are no lack of peers.
        if (failure.Error is not (PnetError.NotFound or PnetError.Unreachable))
            return false;
        // Those that gave nothing are not kept: a wait of days has thousands of attempts.
        ContentPeer[] gave = [.. peers.Where(peer => peer.Bytes > 0)];
        if (gave.Length > 0)
            (_idleSince, _pause, _last) = (null, FirstPause, false);
        _gave.AddRange(gave);
        _idleSince ??= options.Time.GetTimestamp();
        var left = options.Wait - options.Time.GetElapsedTime(_idleSince.Value);
        // What comes after the pause that ends the wait is the last attempt, also where a timer rang a little early: timers count whole milliseconds.
        if (_last || left <= TimeSpan.Zero)
            return false;
        _last = _pause >= left;
        pause = _last ? left : _pause;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        options.Waiting?.Invoke(failure, pause);
        return true;
    }

    /// <summary>Adds what came of the attempts before to what came of the last one.</summary>
    public ContentFetch Sum(ContentFetch last)
    {
        if (_gave.Count == 0)
            return last;
        ContentPeer[] all = [.. _gave.Concat(last.Peers).GroupBy(peer => peer.Peer, (_, each) => each.Aggregate((before, after) => after with { Bytes = before.Bytes + after.Bytes }))];
        return last with { Peers = all, BytesPresent = Math.Max(0, last.Length - all.Sum(peer => peer.Bytes)) };
    }
}
