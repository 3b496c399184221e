using System.Buffers.Binary;
using System.Text;
using Pnet.Frames;

namespace Pnet.Tests.Protocol;

/// <summary>A frame of the worked example.</summary>
internal sealed record WorkedFrame(Operation Operation, uint Number, byte[] Payload, string Meaning)
{
    public FrameHeader Header => new(Operation, Number, Payload.Length);

    public static WorkedFrame KeepAlive(byte kind, long clock)
    {
        var payload = new byte[9];
        payload[0] = kind;
        BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(1), clock);
        return new WorkedFrame(Operation.KeepAlive, 0, payload, kind == 0 ? "a question" : "the answer");
    }

    public static WorkedFrame Bind(uint number, FrameAddress address, string meaning)
    {
        var payload = new byte[FrameAddress.MaxSize];
        return new WorkedFrame(Operation.Bind, number, payload[..address.Write(payload)], meaning);
    }

    public static WorkedFrame Data(Operation operation, uint number, string text) => new(operation, number, Encoding.ASCII.GetBytes(text), $"\"{text}\"");

    public static WorkedFrame Credit(uint number, uint bytes, string meaning)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, bytes);
        return new WorkedFrame(Operation.Credit, number, payload, meaning);
    }

    public static WorkedFrame End(uint number, int? status)
    {
        var payload = new byte[status is null ? 0 : 4];
        if (status is { } value)
            BinaryPrimitives.WriteInt32BigEndian(payload, value);
        return new WorkedFrame(Operation.End, number, payload, status is null ? "no status" : $"status {status}");
    }

    public static WorkedFrame Clear() => new(Operation.Clear, 0, [], "records in the clear from the next one on");

    public static WorkedFrame WithReason(Operation operation, uint number, Reason reason)
    {
        var payload = new byte[Reason.MaxSize];
        return new WorkedFrame(operation, number, payload[..reason.Write(payload)], $"{reason.Code}, \"{reason.Text}\"");
    }

    /// <summary>The frame as it lies in its record, and what it says.</summary>
    public override string ToString()
    {
        var header = new byte[Wire.FrameHeaderSize];
        Header.Write(header);
        var hex = $"{Hex(header[..1])} {Hex(header[1..5])} {Hex(header[5..])} {Hex(Payload)}".TrimEnd();
        return $"    {hex}\n      {Operation} {Number}: {Meaning}\n";
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
