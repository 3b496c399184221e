namespace PnetPS;

/// <summary>What <c>Send-R2Message</c> brought to one node.</summary>
public sealed class R2Delivery
{
    internal R2Delivery(R2Node node, string target, long delivered, long bytes, R2Duration elapsed) =>
        (Node, Target, Delivered, Bytes, Elapsed) = (node, target, delivered, bytes, elapsed);

    /// <summary>The node that sent.</summary>
    public R2Node Node { get; }

    /// <summary>The node that it was sent to, as it was named.</summary>
    public string Target { get; }

    /// <summary>Messages that are in its inbox.</summary>
    public long Delivered { get; }

    /// <summary>Bytes in them.</summary>
    public long Bytes { get; }

    /// <summary>From the first message to the answer to the last.</summary>
    public R2Duration Elapsed { get; }

    /// <summary>The target and how many messages it has.</summary>
    public override string ToString() => $"{Target}: {Delivered}";
}
