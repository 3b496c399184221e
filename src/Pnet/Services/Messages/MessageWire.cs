using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Pnet.Addressing;
using Pnet.Frames;

namespace Pnet.Services.Messages;

/// <summary>The bytes of messages, of what is answered to them, and of an inbox's readers (docs/protocol.md, "Messages").</summary>
internal static class MessageWire
{
    /// <summary>Bytes before a body: its kind, and its length in 4 bytes.</summary>
    public const int HeaderSize = 5;

    /// <summary>In place of a kind, from an inbox to its reader: there is nothing more of what was asked for.</summary>
    public const byte NoMore = 0;

    /// <summary>Bytes of a verdict: what it is, and the number of the last message it is about.</summary>
    public const int VerdictSize = 9;

    /// <summary>The most bytes of a verdict with a reason: its length in 2 bytes, and the reason.</summary>
    public const int MaxVerdictSize = VerdictSize + 2 + Reason.MaxSize;

    /// <summary>A verdict: the messages since the last one are in the inbox.</summary>
    public const byte Accepted = 1;

    /// <summary>A verdict: they are not, for the reason that follows.</summary>
    public const byte Refused = 2;

    /// <summary>Bytes of what a reader asks of an inbox: what, and a number.</summary>
    public const int DemandSize = 9;

    /// <summary>A reader asks for so many messages of those that are there.</summary>
    public const byte Take = 1;

    /// <summary>A reader asks for so many messages as they come.</summary>
    public const byte Follow = 2;

    /// <summary>A reader has the messages up to a number: they can be forgotten.</summary>
    public const byte Acknowledge = 3;

    /// <summary>Bytes before a body that an inbox hands on, beside the sender's name: its id, the time, the name's length.</summary>
    public const int EnvelopeSize = NodeId.Size + sizeof(long) + 1;

    /// <summary>The most bytes that follow a header.</summary>
    public const int MaxEnclosed = EnvelopeSize + NodeName.MaxLength + Message.MaxSize;

    /// <summary>Writes a header.</summary>
    public static void WriteHeader(Span<byte> destination, byte kind, int length)
    {
        destination[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], length);
    }

    /// <summary>Writes a byte and a number: a verdict, or a demand.</summary>
    public static void WriteNumbered(Span<byte> destination, byte what, long number)
    {
        destination[0] = what;
        BinaryPrimitives.WriteInt64BigEndian(destination[1..], number);
    }

    /// <summary>Reads a byte and a number of at least 1, where they are whole.</summary>
    public static bool TryReadNumbered(ref ReadOnlySequence<byte> input, out byte what, out long number)
    {
        var reader = new SequenceReader<byte>(input);
        number = 0;
        if (!reader.TryRead(out what) || !reader.TryReadBigEndian(out number))
            return false;
        if (number < 1)
            throw Violation.Of($"messages: the number {number}");
        input = reader.UnreadSequence;
        return true;
    }

    /// <summary>Writes a refusal with its reason and returns its length.</summary>
    public static int WriteRefusal(Span<byte> destination, long last, Reason reason)
    {
        WriteNumbered(destination, Refused, last);
        var length = reason.Write(destination[(VerdictSize + 2)..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[VerdictSize..], (ushort)length);
        return VerdictSize + 2 + length;
    }

    /// <summary>Reads a verdict, where it is whole.</summary>
    /// <returns>Whether it was; the reason is <see langword="null"/> for <see cref="Accepted"/>.</returns>
    public static bool TryReadVerdict(ref ReadOnlySequence<byte> input, out long last, out Reason? reason)
    {
        reason = null;
        var rest = input;
        if (!TryReadNumbered(ref rest, out var what, out last))
            return false;
        if (what == Refused)
        {
            var reader = new SequenceReader<byte>(rest);
            if (!reader.TryReadBigEndian(out short length))
                return false;
            if (length is < 1 or > Reason.MaxSize)
                throw Violation.Of($"messages: a reason of {length} bytes");
            if (!reader.TryReadExact(length, out var text))
                return false;
            reason = Reason.Read(text.ToArray());
            rest = reader.UnreadSequence;
        }
        else if (what != Accepted)
        {
            throw Violation.Of($"messages: the verdict {what}");
        }
        input = rest;
        return true;
    }

    /// <summary>Writes what an inbox tells of a message before its body, header included, and returns its length.</summary>
    public static int WriteEnvelope(Span<byte> destination, InboxMessage message)
    {
        var envelope = destination[HeaderSize..];
        message.From.CopyTo(envelope);
        BinaryPrimitives.WriteInt64BigEndian(envelope[NodeId.Size..], message.ReceivedAt.ToUnixTimeMilliseconds());
        var name = Encoding.UTF8.GetBytes(message.FromName ?? "", envelope[EnvelopeSize..]);
        envelope[EnvelopeSize - 1] = (byte)name;
        WriteHeader(destination, (byte)message.Kind, EnvelopeSize + name + message.Body.Length);
        return HeaderSize + EnvelopeSize + name;
    }

    /// <summary>Reads what <see cref="WriteEnvelope"/> wrote, with the body behind it.</summary>
    /// <exception cref="PnetException">It is too short.</exception>
    public static ReceivedMessage ReadEnvelope(MessageKind kind, ReadOnlyMemory<byte> enclosed)
    {
        var span = enclosed.Span;
        var nameLength = span.Length < EnvelopeSize ? -1 : span[EnvelopeSize - 1];
        if (nameLength < 0 || span.Length < EnvelopeSize + nameLength)
            throw Violation.Of($"messages: {span.Length} bytes from an inbox");
        var time = BinaryPrimitives.ReadInt64BigEndian(span[NodeId.Size..]);
        return new ReceivedMessage(
            new NodeId(span[..NodeId.Size]),
            nameLength == 0 ? null : Encoding.UTF8.GetString(span.Slice(EnvelopeSize, nameLength)),
            time is >= -62135596800000 and <= 253402300799999 ? DateTimeOffset.FromUnixTimeMilliseconds(time) : throw Violation.Of($"messages: the time {time}"),
            kind,
            enclosed[(EnvelopeSize + nameLength)..]);
    }
}
