using Pnet.Control;

namespace PnetPS;

/// <summary>Something that happened at a node.</summary>
public sealed class R2Event
{
    private readonly NodeEvent _event;

    internal R2Event(R2Node node, NodeEvent happened)
    {
        Node = node;
        _event = happened;
    }

    /// <summary>When it happened, local time.</summary>
    public DateTime Time => _event.Time.LocalDateTime;

    /// <summary>What kind of thing it is, such as <c>link.up</c>.</summary>
    public string Kind => _event.Kind;

    /// <summary>What happened, for people.</summary>
    public string Message => Node.Explain(_event.Message);

    /// <summary>Whether something is wrong.</summary>
    public bool Warning => _event.Warning;

    /// <summary>The id of the node that it is about, where it is about one.</summary>
    public string? Peer => _event.Peer?.ToString();

    /// <summary>The node that it happened at.</summary>
    public R2Node Node { get; }

    /// <summary>The kind and the message.</summary>
    public override string ToString() => $"{Kind} {Message}";
}
