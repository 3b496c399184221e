namespace PnetPS;

/// <summary>What the handlers of a node's events are told.</summary>
public sealed class R2EventArgs : EventArgs
{
    internal R2EventArgs(R2Event happened) => Event = happened;

    /// <summary>What happened.</summary>
    public R2Event Event { get; }

    /// <summary>The id of the other node, where the event is about one: an address for other cmdlets.</summary>
    public string? Peer => Event.Peer;

    /// <summary>The kind and the message.</summary>
    public override string ToString() => Event.ToString();
}
