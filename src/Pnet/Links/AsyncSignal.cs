using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Pnet.Links;

/// <summary>
/// An event that resets itself, for one waiter, without allocating: <see cref="Set"/> lets one
/// <see cref="WaitAsync"/> through, now or later.
/// </summary>
/// <remarks>
/// The waiter goes on inside <see cref="Set"/>, on the thread that sets it: between the loops of a link this saves
/// a hop through the thread pool for every record. Nothing may be locked while setting.
/// </remarks>
internal sealed class AsyncSignal : IValueTaskSource
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _source;
    private bool _set;
    private bool _waiting;

    /// <summary>Waits until the signal is set, and resets it.</summary>
    public ValueTask WaitAsync()
    {
        lock (_lock)
        {
            if (_set)
            {
                _set = false;
                return default;
            }
            if (_waiting)
                throw new InvalidOperationException("A signal has one waiter at a time.");
            _waiting = true;
            _source.Reset();
            return new ValueTask(this, _source.Version);
        }
    }

    /// <summary>Lets the waiter through, or the next one where nobody waits.</summary>
    public void Set()
    {
        lock (_lock)
        {
            if (!_waiting)
            {
                _set = true;
                return;
            }
            _waiting = false;
        }
        // A chain of loops that wake each other must not run out of stack.
        if (RuntimeHelpers.TryEnsureSufficientExecutionStack())
            _source.SetResult(true);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static s => s._source.SetResult(true), this, preferLocal: false);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
