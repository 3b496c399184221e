using System.Text;
using Pnet.Addressing;

namespace Pnet.Frames;

/// <summary>The payload of <see cref="Operation.Bind"/>: what a number stands for.</summary>
public readonly record struct FrameAddress
{
    /// <summary>The most bytes that <see cref="Write"/> takes.</summary>
    public const int MaxSize = 1 + Wire.MaxServiceName;

    private FrameAddress(FrameAddressKind kind, NodeId node, string? service)
    {
        Kind = kind;
        Node = node;
        Service = service;
    }

    /// <summary>What kind of address it is.</summary>
    public FrameAddressKind Kind { get; }

    /// <summary>The node, for the two kinds that name one.</summary>
    public NodeId Node { get; }

    /// <summary>The service's name, for <see cref="FrameAddressKind.Service"/>.</summary>
    public string? Service { get; }

    /// <summary>A destination.</summary>
    public static FrameAddress To(NodeId node) => new(FrameAddressKind.ToNode, node, null);

    /// <summary>A source.</summary>
    public static FrameAddress From(NodeId node) => new(FrameAddressKind.FromNode, node, null);

    /// <summary>A service of the other end.</summary>
    /// <exception cref="FormatException">The name has the wrong form.</exception>
    public static FrameAddress OfService(string name)
    {
        ServiceName.Validate(name);
        return new FrameAddress(FrameAddressKind.Service, default, name);
    }

    /// <summary>The operation of bytes sent by the end that bound the address; the other end sends the other one.</summary>
    public Operation BinderOperation => Kind is FrameAddressKind.FromNode ? Operation.RoutedFrom : Operation.RouteTo;

    /// <summary>Writes the address and returns its length in bytes.</summary>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)Kind;
        if (Service is not null)
            return 1 + Encoding.ASCII.GetBytes(Service, destination[1..]);
        Node.CopyTo(destination[1..]);
        return 1 + NodeId.Size;
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="PnetException">It has the wrong form.</exception>
    public static FrameAddress Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            throw Violation.Of("an empty address");
        var value = payload[1..];
        switch ((FrameAddressKind)payload[0])
        {
            case FrameAddressKind.ToNode when value.Length == NodeId.Size:
                return To(new NodeId(value));
            case FrameAddressKind.FromNode when value.Length == NodeId.Size:
                return From(new NodeId(value));
            case FrameAddressKind.Service when value.Length is > 0 and <= Wire.MaxServiceName:
                var name = Encoding.ASCII.GetString(value);
                if (ServiceName.IsValid(name))
                    return new FrameAddress(FrameAddressKind.Service, default, name);
                break;
        }
        throw Violation.Of($"an address of kind {payload[0]} and {value.Length} bytes");
    }

    /// <inheritdoc/>
    public override string ToString() => Service is null ? Node.ToString() : "service:" + Service;
}
