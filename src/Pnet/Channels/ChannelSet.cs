using System.Buffers.Binary;
using Pnet.Frames;
using Pnet.Links;

namespace Pnet.Channels;

/// <summary>All channels of one link: gives numbers, finds the channel of a frame, tells of channels that the peer opens.</summary>
/// <remarks>
/// Numbers that were bound and are gone are told from those never bound because each end binds its numbers in rising order:
/// a late frame for a gone one is dropped, one for a number never bound ends the link.
/// </remarks>
internal sealed class ChannelSet : IFrameHandler
{
    private static readonly TimeSpan IdleCheckInterval = TimeSpan.FromSeconds(10);

    private readonly Action<Channel> _opened;
    private readonly BufferBudget _budget;
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, Channel> _channels = [];
    private readonly List<Channel> _dirty = [];
    private PnetException? _closed;
    // Wider than the numbers: one beyond the last must not look like the first.
    private long _nextLocal;
    private long _nextRemote;
    private long _lastIdleCheck = Environment.TickCount64;

    /// <summary>Creates the set.</summary>
    /// <param name="link">The link, not yet running.</param>
    /// <param name="options">Limits.</param>
    /// <param name="total">What all links together may hold.</param>
    /// <param name="opened">Called on the reader loop for each channel that the peer opens; accepts or resets it, and must not block.</param>
    public ChannelSet(Link link, ChannelOptions options, BufferBudget total, Action<Channel> opened)
    {
        Link = link;
        Options = options;
        _opened = opened;
        _budget = new BufferBudget(options.MaxBufferedPerLink, total);
        _nextLocal = link.Initiator ? 1 : 2;
        _nextRemote = link.Initiator ? 2 : 1;
    }

    /// <summary>The link.</summary>
    public Link Link { get; }

    /// <summary>The limits.</summary>
    public ChannelOptions Options { get; }

    /// <summary>Called each time a channel is refused for a limit; must not block.</summary>
    public Action? LimitReached { get; init; }

    /// <summary>What the other end may make services hold in memory; nothing but what it may have on the channels counts otherwise.</summary>
    public BufferBudget Held { get; init; } = new(long.MaxValue);

    /// <summary>Channels open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _channels.Count;
        }
    }

    /// <summary>Opens a channel. Writing may begin at once; <see cref="Channel.WaitAcceptedAsync"/> tells what became of it.</summary>
    /// <exception cref="PnetException">The link is closed, or a limit of this node is reached.</exception>
    public Channel Open(FrameAddress address)
    {
        Channel channel;
        lock (_lock)
        {
            if (_closed is not null)
                throw new PnetException(_closed.Error, $"the link to {Link.RemoteId} ended: {_closed.Message}", _closed.Action, _closed);
            // A peer may have channels opened here for it, and end them, as fast as it likes.
            if (Link.Writer.Backlogged)
                throw new PnetException(PnetError.LimitReached, $"the link to {Link.RemoteId} is too slow for more channels");
            if (_nextLocal > uint.MaxValue)
                throw new PnetException(PnetError.LimitReached, $"the link to {Link.RemoteId} has no numbers left", "Open the link again.");
            if (Refusal() is { } refusal)
                throw refusal.ToException();
            channel = new Channel(this, (uint)_nextLocal, address, binder: true, _budget);
            _nextLocal += 2;
            _channels.Add(channel.Number, channel);
            // Within the lock: numbers must reach the wire in rising order.
            Span<byte> payload = stackalloc byte[FrameAddress.MaxSize];
            var length = address.Write(payload);
            Link.Writer.AppendControl(new FrameHeader(Operation.Bind, channel.Number, length), payload[..length]);
        }
        Link.Writer.Flush();
        return channel;
    }

    public void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Operation == Operation.Bind)
        {
            OnBind(header.Number, FrameAddress.Read(payload));
            return;
        }
        var channel = Find(header);
        if (channel is null)
            return;
        switch (header.Operation)
        {
            case Operation.RouteTo or Operation.RoutedFrom:
                if (header.Operation != channel.ReceiveOperation)
                    throw Violation.Of($"{header.Operation} from the end that may not send it");
                channel.OnData(payload);
                break;
            case Operation.Credit:
                channel.OnCredit(payload);
                break;
            case Operation.End:
                channel.OnEnd(payload);
                break;
            case Operation.Reset or Operation.Unreachable:
                channel.OnReset(Reason.Read(payload));
                break;
            default:
                throw Violation.Of($"{header.Operation} for a channel");
        }
    }

    public void OnBatchEnd()
    {
        foreach (var channel in _dirty)
            channel.OnBatchEnd();
        _dirty.Clear();
        if (Environment.TickCount64 - _lastIdleCheck < IdleCheckInterval.TotalMilliseconds)
            return;
        _lastIdleCheck = Environment.TickCount64;
        foreach (var channel in Snapshot())
            channel.OnIdleCheck();
    }

    public void OnClosed(PnetException reason)
    {
        lock (_lock)
            _closed = reason;
        // What came in the last batch is still to be read.
        OnBatchEnd();
        foreach (var channel in Snapshot())
            channel.OnLinkClosed(reason);
    }

    internal void MarkDirty(Channel channel) => _dirty.Add(channel);

    internal void Remove(Channel channel)
    {
        lock (_lock)
            _channels.Remove(channel.Number);
    }

    internal void SendCredit(uint number, int bytes)
    {
        Span<byte> payload = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)bytes);
        Link.Writer.AppendControl(new FrameHeader(Operation.Credit, number, payload.Length), payload);
    }

    internal void SendReset(uint number, Reason reason)
    {
        Span<byte> payload = stackalloc byte[Reason.MaxSize];
        var length = reason.Write(payload);
        var operation = reason.Code == ReasonCode.Unreachable ? Operation.Unreachable : Operation.Reset;
        Link.Writer.AppendControl(new FrameHeader(operation, number, length), payload[..length]);
        Link.Writer.Flush();
    }

    private void OnBind(uint number, FrameAddress address)
    {
        Channel channel;
        Reason? refusal;
        lock (_lock)
        {
            if (number < _nextRemote || (number - _nextRemote) % 2 != 0)
                throw Violation.Of($"number {number} bound where {_nextRemote} or a later one of that end was due");
            _nextRemote = number + 2L;
            refusal = Refusal();
            if (refusal is null)
            {
                channel = new Channel(this, number, address, binder: false, _budget);
                _channels.Add(number, channel);
            }
            else
            {
                channel = null!;
            }
        }
        if (refusal is { } reason)
            SendReset(number, reason);
        else
            _opened(channel);
    }

    // Draws the initial credit of a channel on the budget.
    private Reason? Refusal()
    {
        var full = _channels.Count >= Options.MaxChannels;
        if (!full && _budget.TryReserve(Wire.InitialCredit))
            return null;
        LimitReached?.Invoke();
        return new Reason(ReasonCode.LimitReached, full ? $"{Options.MaxChannels} channels are open on the link" : "the channels hold as many bytes as they may");
    }

    private Channel? Find(FrameHeader header)
    {
        lock (_lock)
        {
            if (_channels.TryGetValue(header.Number, out var channel))
                return channel;
            var local = header.Number % 2 == _nextLocal % 2;
            if (header.Number == 0 || header.Number >= (local ? _nextLocal : _nextRemote))
                throw Violation.Of($"{header.Operation} for number {header.Number}, which was never bound");
            return null;
        }
    }

    private List<Channel> Snapshot()
    {
        lock (_lock)
            return [.. _channels.Values];
    }
}
