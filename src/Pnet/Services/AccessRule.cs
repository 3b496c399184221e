using Pnet.Addressing;

namespace Pnet.Services;

/// <summary>Who may use one service beside the nodes that are known.</summary>
/// <param name="Anyone">Whether anyone may who can complete a handshake.</param>
/// <param name="Nodes">Nodes that may.</param>
public sealed record AccessRule(bool Anyone, IReadOnlyList<NodeId> Nodes)
{
    /// <summary>The text that means anyone.</summary>
    public const string Everyone = "*";

    /// <summary>Nobody but known nodes.</summary>
    public static AccessRule KnownOnly { get; } = new(false, []);

    /// <summary>Reads a list of ids, names from the trust file, and <c>*</c>.</summary>
    /// <exception cref="PnetException">One is none of these.</exception>
    public static AccessRule Parse(IEnumerable<string> allow, AccessList known)
    {
        var texts = allow.ToList();
        return new AccessRule(texts.Contains(Everyone), [.. texts.Where(t => t != Everyone).Select(known.Resolve)]);
    }

    /// <summary>Whether a node may.</summary>
    public bool Allows(NodeId id, bool known) => known || Anyone || Nodes.Contains(id);

    /// <summary>Both this rule's nodes and another's.</summary>
    public AccessRule Or(AccessRule other) => new(Anyone || other.Anyone, [.. Nodes.Union(other.Nodes)]);

    /// <summary>The rule as it was written.</summary>
    public IReadOnlyList<string> ToStrings() => [.. Anyone ? [Everyone] : Enumerable.Empty<string>(), .. Nodes.Select(n => n.ToString())];
}
