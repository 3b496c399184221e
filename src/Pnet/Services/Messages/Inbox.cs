using Pnet.Frames;

namespace Pnet.Services.Messages;

/// <summary>
/// The messages that came and that no reader has acknowledged yet: bounded, in memory, in the order in which they were complete.
/// </summary>
/// <remarks>
/// The policy: what came first stays, and what finds no room is refused, which its sender is told; nothing is dropped. Room is taken
/// when a message's header arrives, so that many senders in the middle of long messages can't exceed the limit together.
/// </remarks>
/// <param name="acceptsObjects">Whether objects (CLIXML) are taken.</param>
internal sealed class Inbox(bool acceptsObjects)
{
    /// <summary>The most messages, those included that are on their way in.</summary>
    public const int MaxMessages = 65_536;

    /// <summary>The most bytes in their bodies.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly Reason Full = new(ReasonCode.LimitReached, "the inbox is full");
    private static readonly Reason NoObjects = new(ReasonCode.Refused, "that node takes no objects");

    private readonly Lock _lock = new();
    private readonly Queue<InboxMessage> _waiting = [];
    private readonly PriorityQueue<InboxMessage, long> _returned = new();
    private TaskCompletionSource? _arrival;
    private long _last;
    private int _count;
    private long _bytes;
    private long _refused;

    /// <summary>Messages that no reader has acknowledged yet.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Messages that came since the start.</summary>
    public long Total => Interlocked.Read(ref _last);

    /// <summary>Messages that were refused since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Takes room for a message, or tells why there is none for it.</summary>
    public Reason? Reserve(MessageKind kind, int length)
    {
        Reason? reason;
        lock (_lock)
        {
            reason = kind == MessageKind.Clixml && !acceptsObjects ? NoObjects
                : _count >= MaxMessages || _bytes + length > MaxBytes ? Full
                : null;
            if (reason is null)
            {
                _count++;
                _bytes += length;
            }
        }
        if (reason is not null)
            Interlocked.Increment(ref _refused);
        return reason;
    }

    /// <summary>Gives room back: the message did not come, or a reader has it.</summary>
    public void Release(int length)
    {
        lock (_lock)
        {
            _count--;
            _bytes -= length;
        }
    }

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
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out InboxMessage? message)
    {
        lock (_lock)
            return _returned.TryDequeue(out message, out _) || _waiting.TryDequeue(out message);
    }

    /// <summary>Takes out the oldest message, or tells when it is worth trying again.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out InboxMessage? message, out Task arrival)
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
}
