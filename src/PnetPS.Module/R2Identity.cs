namespace PnetPS;

/// <summary>The identity of a node, in a key file. The key itself stays there.</summary>
public sealed class R2Identity
{
    internal R2Identity(string id, string keyPath)
    {
        Id = id;
        KeyPath = keyPath;
    }

    /// <summary>The public key in Base58.</summary>
    public string Id { get; }

    /// <summary>The key file in full, as <c>Start-R2Node</c> takes it.</summary>
    public string KeyPath { get; }

    /// <summary>The id.</summary>
    public override string ToString() => Id;
}
