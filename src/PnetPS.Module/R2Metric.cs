namespace PnetPS;

/// <summary>A counter of a node, as it was when it was asked for.</summary>
public sealed class R2Metric
{
    internal R2Metric(R2Node node, string name, long value)
    {
        Node = node;
        Name = name;
        Value = value;
    }

    /// <summary>Its name, such as <c>links.bytes.sent</c>.</summary>
    public string Name { get; }

    /// <summary>Its value.</summary>
    public long Value { get; }

    /// <summary>The node that counts.</summary>
    public R2Node Node { get; }

    /// <summary>The name and the value.</summary>
    public override string ToString() => FormattableString.Invariant($"{Name} {Value}");
}
