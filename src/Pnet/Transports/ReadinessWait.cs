using System.Threading.Tasks.Sources;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Transports;

/// <summary>Waits for one descriptor to be ready, by one caller at a time and without allocating.</summary>
/// <remarks>A wait may end early; the caller tries what it wanted to do, and waits again.</remarks>
internal sealed class ReadinessWait : DescriptorPoller.Target, IValueTaskSource, IDisposable
{
    private readonly SafeFileHandle _descriptor;
    private readonly short _events;
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private int _waiting;
    private volatile bool _disposed;

    /// <summary>Adds the descriptor to the process's poller.</summary>
    /// <param name="descriptor">It stays open until this wait is disposed.</param>
    /// <param name="events"><see cref="Libc.PollIn"/> or <see cref="Libc.PollOut"/>.</param>
    public ReadinessWait(SafeFileHandle descriptor, short events)
    {
        (_descriptor, _events) = (descriptor, events);
        CanWait = DescriptorPoller.Shared.TryAdd(descriptor, this);
    }

    /// <summary>Whether there is anything to wait for: a regular file is always ready.</summary>
    public bool CanWait { get; }

    /// <summary>Waits until the descriptor may be ready.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        _core.Reset();
        Volatile.Write(ref _waiting, 1);
        _registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((ReadinessWait)state!).Complete(new OperationCanceledException(token)), this);
        if (_disposed)
            Complete(new ObjectDisposedException(nameof(ReadinessWait)));
        else
            Arm();
        return new ValueTask(this, _core.Version);
    }

    public void Dispose()
    {
        _disposed = true;
        if (CanWait && !_descriptor.IsClosed)
            DescriptorPoller.Shared.Remove(_descriptor, this);
        Complete(new ObjectDisposedException(nameof(ReadinessWait)));
    }

    void IValueTaskSource.GetResult(short token)
    {
        _registration.Dispose();
        _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    internal override void OnReady() => Complete(null);

    private void Arm()
    {
        try
        {
            if (!DescriptorPoller.Shared.TryArm(_descriptor, this, _events))
                Complete(new ObjectDisposedException(nameof(ReadinessWait)));
        }
        catch (ObjectDisposedException e)
        {
            Complete(e);
        }
    }

    // Readiness, cancellation and disposal may come at the same time: the first one counts.
    private void Complete(Exception? failure)
    {
        if (Interlocked.Exchange(ref _waiting, 0) == 0)
            return;

        // What is ready goes on at the poller's thread: a hop through the thread pool costs more than a relay's own work, and its
        // idle threads spin. Whoever cancels or disposes doesn't run the waiter.
        _core.RunContinuationsAsynchronously = failure is not null;
        if (failure is null)
            _core.SetResult(true);
        else
            _core.SetException(failure);
    }
}
