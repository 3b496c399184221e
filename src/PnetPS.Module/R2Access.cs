using Pnet.Control;

namespace PnetPS;

/// <summary>A node that is known to another one: it may use its services and list its peers.</summary>
public sealed class R2Access
{
    private readonly AccessEntry _entry;

    internal R2Access(R2Node node, AccessEntry entry)
    {
        Node = node;
        _entry = entry;
    }

    /// <summary>What it is called here, or <see langword="null"/>.</summary>
    public string? Name => _entry.Name;

    /// <summary>Its public key in Base58.</summary>
    public string? Id => _entry.Id?.ToString();

    /// <summary>Why it is known: <c>trust file</c> where it was granted, <c>pinned</c> by a link, <c>allow</c> at the start.</summary>
    public string Source => _entry.Source;

    /// <summary>The node that knows it.</summary>
    public R2Node Node { get; }

    /// <summary>The name, or else the id.</summary>
    public override string ToString() => Name ?? Id ?? "";
}
