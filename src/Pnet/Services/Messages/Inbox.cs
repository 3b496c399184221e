using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Pnet.Frames;

namespace Pnet.Services.Messages;

/// <summary>
/// The messages that came and that no reader has acknowledged yet: bounded, in memory, in the order in which they were complete.
/// </summary>
/// <remarks>
/// The policy: what came first stays, and nothing is dropped. What finds no room waits while the inbox is being read, so that senders go as
/// fast as readers; it is refused, which its sender is told, where nobody reads, or a reader stands still. Room is taken
/// when a message's header arrives, so that many senders in the middle of long messages can't exceed the limit together.
/// </remarks>
/// <param name="acceptsObjects">Whether objects (CLIXML) are taken.</param>
/// <param name="patience">How long a full inbox may stay as it is before its readers count as standing still; <see cref="PatienceSeconds"/> unless given.</param>
internal sealed class Inbox(bool acceptsObjects, TimeSpan? patience = null)
{
    /// <summary>How long a message waits for readers that take nothing, in seconds.</summary>
    public const int PatienceSeconds = 10;

    /// <summary>How long a sender may say nothing in the middle of a message that has room, in seconds.</summary>
    public const int StallSeconds = 30;

    /// <summary>The most messages, those included that are on their way in.</summary>
    public const int MaxMessages = 65_536;

    /// <summary>The most bytes in their bodies.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly Reason Full = new(ReasonCode.LimitReached, "the inbox is full", "Send again when that node's messages have been read.");
    private static readonly Reason NoObjects = new(ReasonCode.Refused, "that node takes no objects", "Send text or bytes, or have that node started with --accept-objects.");

    private readonly Lock _lock = new();
    private readonly Queue<InboxMessage> _waiting = [];
    private readonly PriorityQueue<InboxMessage, long> _returned = new();
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(PatienceSeconds);
    private TaskCompletionSource? _arrival;
    private TaskCompletionSource? _room;
    private long? _fullSince;
    private int _readers;
    private long _last;
    private int _count;
    private long _bytes;
    private long _refused;

    /// <summary>How long a sender may say nothing in the middle of a message; <see cref="StallSeconds"/> unless given.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(StallSeconds);

    /// <summary>Messages that no reader has acknowledged yet.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Messages that came since the start.</summary>
    public long Total => Interlocked.Read(ref _last);

    /// <summary>Messages that were refused since the start.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Takes room for a message.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="length">Bytes in its body.</param>
    /// <param name="refusal">Why it is refused; where that is <see langword="null"/> and there is no room, <see cref="WaitForRoomAsync"/>.</param>
    public bool TryReserve(MessageKind kind, int length, out Reason? refusal)
    {
        refusal = null;
        lock (_lock)
        {
            bool unwanted = kind == MessageKind.Clixml && !acceptsObjects;
            if (!unwanted && _count < MaxMessages && _bytes + length <= MaxBytes)
            {
                _count++;
                _bytes += length;
                return true;
            }

            if (!unwanted && _readers > 0 && Stopwatch.GetElapsedTime(_fullSince ??= Stopwatch.GetTimestamp()) < _patience)
                return false;
            _refused++;
            refusal = unwanted ? NoObjects : Full;
            return false;
        }
    }

    /// <summary>Waits until there may be room, or it is clear that there won't be.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        Task room;
        TimeSpan left;
        lock (_lock)
        {
            if (_fullSince is not { } since)
                return;
            room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            left = _patience - Stopwatch.GetElapsedTime(since);
        }

        if (left <= TimeSpan.Zero)
            return;
        try
        {
            await room.WaitAsync(left, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The readers stand still, which is what the next attempt finds.
        }
    }

    /// <summary>Gives room back: messages did not come, or a reader has them.</summary>
    public void Release(int messages, long bytes) => Change(() =>
    {
        _count -= messages;
        _bytes -= bytes;
    });

    /// <summary>Counts one who reads.</summary>
    public void AddReader() => Change(() => _readers++);

    /// <summary>Counts one who reads no more.</summary>
    public void RemoveReader() => Change(() => _readers--);

    /// <summary>Puts a message in that has room.</summary>
    public void Add(InboxMessage message)
    {
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            message.Number = ++_last;
            _waiting.Enqueue(message);
            (arrival, _arrival) = (_arrival, null);
        }
        arrival?.SetResult();
    }

    /// <summary>Takes out the oldest message; it keeps its room until it is released or returned.</summary>
    public bool TryTake([NotNullWhen(true)] out InboxMessage? message)
    {
        lock (_lock)
            return _returned.TryDequeue(out message, out _) || _waiting.TryDequeue(out message);
    }

    /// <summary>Takes out the oldest message, or tells when it is worth trying again.</summary>
    public bool TryTake([NotNullWhen(true)] out InboxMessage? message, out Task arrival)
    {
        lock (_lock)
        {
            arrival = Task.CompletedTask;
            if (TryTake(out message))
                return true;
            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            arrival = _arrival.Task;
            return false;
        }
    }

    /// <summary>Puts a message back in its place: its reader went without acknowledging it.</summary>
    public void Return(InboxMessage message)
    {
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            _returned.Enqueue(message, message.Number);
            (arrival, _arrival) = (_arrival, null);
        }
        arrival?.SetResult();
    }

    // Whoever waits for room looks again.
    private void Change(Action change)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            change();
            _fullSince = null;
            (room, _room) = (_room, null);
        }
        room?.SetResult();
    }
}
