namespace Pnet.Services.Content;

/// <summary>Which chunks of a content are there, which somebody was asked for, and which are to be asked for next.</summary>
internal sealed class ContentBoard
{
    /// <summary>The most peers that are asked for one chunk at a time: so many may be slow before all must wait for them.</summary>
    private const int MostAsked = 3;

    private readonly Lock _lock = new();
    private readonly bool[] _done;
    private readonly byte[] _asked;
    private readonly Queue<int> _missing = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    /// <summary>Starts with all chunks missing but some.</summary>
    public ContentBoard(bool[] present)
    {
        _done = present;
        _asked = new byte[present.Length];
        for (int i = 0; i < present.Length; i++)
        {
            if (!present[i])
                _missing.Enqueue(i);
        }
        _left = _missing.Count;
    }

    /// <summary>Whether all chunks are there.</summary>
    public bool IsComplete => Volatile.Read(ref _left) == 0;

    /// <summary>How many aren't.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>Takes a chunk to ask for: one that nobody was asked for, or else one that another peer takes its time with.</summary>
    /// <param name="own">Those that this peer was asked for already.</param>
    /// <param name="index">The chunk.</param>
    public bool TryTake(IReadOnlyCollection<int> own, out int index)
    {
        lock (_lock)
        {
            while (_missing.TryDequeue(out index))
            {
                if (_done[index])
                    continue;
                _asked[index]++;
                return true;
            }
            index = -1;
            // One at a time, and only for who has nothing else to do; the last, as it is the furthest from coming.
            if (own.Count == 0)
            {
                int least = MostAsked;
                for (int i = _done.Length - 1; i >= 0; i--)
                {
                    if (!_done[i] && _asked[i] < least)
                        (index, least) = (i, _asked[i]);
                }
            }
            if (index < 0)
                return false;
            _asked[index]++;
            return true;
        }
    }

    /// <summary>A chunk is wanted still.</summary>
    public bool Wants(int index)
    {
        lock (_lock)
            return !_done[index];
    }

    /// <summary>A chunk is there.</summary>
    /// <returns>Whether it wasn't before.</returns>
    public bool Complete(int index)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (_done[index])
                return false;
            _done[index] = true;
            _left--;
            changed = Renew();
        }
        changed.SetResult();
        return true;
    }

    /// <summary>A chunk won't come from who was asked for it.</summary>
    public void Return(int index)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (_done[index])
                return;
            if (--_asked[index] == 0)
                _missing.Enqueue(index);
            changed = Renew();
        }
        changed.SetResult();
    }

    /// <summary>Completes with the next change. To be asked for before looking, or a change is missed.</summary>
    public Task NextChange()
    {
        lock (_lock)
            return _changed.Task;
    }

    private TaskCompletionSource Renew()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return changed;
    }
}
