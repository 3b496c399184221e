using System.Buffers;
using System.IO.Pipelines;
using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;

namespace Pnet.Services.Messages;

/// <summary>One channel of <c>service:messages</c>: takes the messages of one sender in, and answers to them in their order.</summary>
internal sealed class MessageIntake
{
    /// <summary>The service's name.</summary>
    public const string ServiceName = "messages";

    // What is laid out before it is sent: a verdict can be a hundred times as long as the message that it is about.
    private const int MaxVerdicts = 16 * 1024;

    private readonly Inbox _inbox;
    private readonly (NodeId Id, string? Name) _sender;
    private readonly MessageAssembler _assembler;
    private readonly ArrayBufferWriter<byte> _verdicts = new(MessageWire.MaxVerdictSize);
    private long _last;
    private long _answered;
    private Reason? _reason;
    private Reason? _run;
    private bool _waits;

    private MessageIntake(Inbox inbox, (NodeId Id, string? Name) sender)
    {
        _inbox = inbox;
        _sender = sender;
        _assembler = new MessageAssembler(Message.MaxSize, Admit);
    }

    /// <summary>Serves a channel until its sender ends it.</summary>
    public static async Task ServeAsync(Inbox inbox, (NodeId Id, string? Name) sender, Channel channel, CancellationToken cancellationToken)
    {
        channel.Accept();
        var intake = new MessageIntake(inbox, sender);
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (await intake.ReadAsync(channel, stall, cancellationToken).ConfigureAwait(false))
            {
                // Until all have come.
            }
            await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (intake.HoldsRoom)
                inbox.Release(1, intake._assembler.Length);
        }
    }

    // Whether part of a message has come that the inbox has taken room for.
    private bool HoldsRoom => _assembler.IsWithin && _reason is null;

    private async ValueTask<bool> ReadAsync(Channel channel, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        var result = await WaitAsync(channel, stall, cancellationToken).ConfigureAwait(false);
        var rest = result.Buffer;
        try
        {
            bool whole;
            do
            {
                _waits = false;
                do
                {
                    if (whole = _assembler.TryRead(ref rest))
                        OnMessage();
                }
                while (whole && _verdicts.WrittenCount < MaxVerdicts);
                Answer();
                // Once for all that has come together: a sender that doesn't read the answers stops itself here.
                await channel.WriteAsync(_verdicts.WrittenMemory, cancellationToken).ConfigureAwait(false);
                _verdicts.ResetWrittenCount();
                // Nothing more is read meanwhile, so the channel's window holds the sender back.
                if (_waits)
                    await _inbox.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            }
            while (whole || _waits);
        }
        finally
        {
            channel.Input.AdvanceTo(rest.Start, result.Buffer.End);
        }
        if (!result.IsCompleted)
            return true;
        return rest.IsEmpty && !_assembler.IsWithin ? false : throw Violation.Of("messages: the end within a message");
    }

    // Who begins a message and says no more is not to keep its room from others.
    private async ValueTask<ReadResult> WaitAsync(Channel channel, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        if (!HoldsRoom)
            return await channel.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        stall.CancelAfter(_inbox.Stall);
        try
        {
            return await channel.Input.ReadAsync(stall.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"nothing more of a message of {_assembler.Length} bytes came within {_inbox.Stall.TotalSeconds:0.#} s");
        }
        finally
        {
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private bool? Admit(MessageKind kind, int length)
    {
        var taken = _inbox.TryReserve(kind, length, out var refusal);
        _waits = !taken && refusal is null;
        if (_waits)
            return null;
        _reason = refusal;
        return taken;
    }

    private void OnMessage()
    {
        if (_reason != _run)
            Answer();
        _run = _reason;
        _last++;
        if (_assembler.Body is { } body)
            _inbox.Add(new InboxMessage(_sender.Id, _sender.Name, _assembler.Kind, body, DateTimeOffset.UtcNow));
    }

    /// <summary>Lays out the verdict on the messages since the last one.</summary>
    private void Answer()
    {
        if (_answered == _last)
            return;
        var destination = _verdicts.GetSpan(MessageWire.MaxVerdictSize);
        if (_run is { } reason)
        {
            _verdicts.Advance(MessageWire.WriteRefusal(destination, _last, reason));
        }
        else
        {
            MessageWire.WriteNumbered(destination, MessageWire.Accepted, _last);
            _verdicts.Advance(MessageWire.VerdictSize);
        }
        _answered = _last;
    }
}
