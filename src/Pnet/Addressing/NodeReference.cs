using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Pnet.Addressing;

/// <summary>
/// A node as a person types it: a whole id, a name, the first 4 or more characters of an id, or the number of a link
/// as <c>#7</c>.
/// </summary>
public sealed class NodeReference : IEquatable<NodeReference>, IParsable<NodeReference>
{
    /// <summary>The fewest characters of an id that may stand for it.</summary>
    public const int MinPrefixLength = 4;

    private const string Form =
        "a node is given as its id, its name, the first 4 or more characters of its id, or a link's number as #7";

    private readonly string _text;

    /// <summary>Refers to a node by its whole id.</summary>
    public NodeReference(NodeId id)
    {
        Id = id;
        _text = id.ToString();
    }

    private NodeReference(string text, int? link)
    {
        _text = text;
        Link = link;
    }

    /// <summary>The id, where the whole of it was given.</summary>
    public NodeId? Id { get; }

    /// <summary>The number of a link at the node that is asked, where one was given: 1 or more.</summary>
    public int? Link { get; }

    /// <summary>The text, where it may be a name or the start of an id.</summary>
    public string? Name => Id is null && Link is null ? _text : null;

    /// <summary>Reads a reference.</summary>
    /// <exception cref="FormatException">The text has no such form; the message names the bad part and shows the right forms.</exception>
    public static NodeReference Parse(string s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, out var reference) ? reference : throw new FormatException($"{Quote.Text(s)} is not a node: {Explain(s)}; {Form}");
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static NodeReference Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Reads a reference.</summary>
    /// <returns>Whether the text has one of the forms; whether there is such a node, <see cref="Resolve"/> tells.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, [NotNullWhen(true)] out NodeReference? result)
    {
        result = null;
        if (string.IsNullOrEmpty(s))
            return false;

        if (s[0] == '#')
            result = TryParseLink(s, out var link) ? new NodeReference($"#{link.ToString(CultureInfo.InvariantCulture)}", link) : null;
        else if (NodeId.TryParse(s, out var id))
            result = new NodeReference(id);
        else if (NodeName.IsValid(s))
            result = new NodeReference(s, null);
        return result is not null;
    }

    /// <inheritdoc cref="TryParse(string?, out NodeReference?)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [NotNullWhen(true)] out NodeReference? result) =>
        TryParse(s, out result);

    /// <summary>Finds the one node that is meant.</summary>
    /// <param name="candidates">The nodes to choose among; a node may be there more than once.</param>
    /// <returns>
    /// The id itself where the whole of it was given and is among the candidates; else the node of exactly that name
    /// (letter case counts) or whose id starts with the text, provided that this is one node only.
    /// </returns>
    /// <remarks>
    /// Names are chosen by the nodes themselves, so one that equals the start of another node's id makes the text
    /// ambiguous and never wins over that id.
    /// </remarks>
    /// <exception cref="PnetException">
    /// <see cref="PnetError.NotFound"/>: no candidate is meant. <see cref="PnetError.Usage"/>: more than one is, or this
    /// is the number of a link.
    /// </exception>
    public NodeId Resolve(IEnumerable<(NodeId Id, string? Name)> candidates) => Resolve(candidates, candidate => candidate);

    /// <inheritdoc cref="Resolve(IEnumerable{ValueTuple{NodeId, string?}})"/>
    /// <param name="candidates">The nodes to choose among; a node may be there more than once.</param>
    /// <param name="identify">Tells a candidate's id and name.</param>
    public NodeId Resolve<T>(IEnumerable<T> candidates, Func<T, (NodeId Id, string? Name)> identify)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(identify);
        if (Link is not null)
            throw new PnetException(PnetError.Usage, $"{_text} is the number of a link and not a node", "Give the node's name or id.");

        var found = new Dictionary<NodeId, string?>();
        foreach (var candidate in candidates)
        {
            var (id, name) = identify(candidate);
            if (Matches(id, name))
                found.TryAdd(id, name);
        }

        return found.Count switch
        {
            1 => found.Keys.First(),
            0 => throw new PnetException(PnetError.NotFound, $"no node is known as {Quote.Text(_text)}", NotFoundAction()),
            _ => throw new PnetException(PnetError.Usage, $"{Quote.Text(_text)} may be any of {found.Count} nodes: {List(found)}", "Give the node's whole id."),
        };
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] NodeReference? other) =>
        other is not null && Id == other.Id && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as NodeReference);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>The text as typed; a whole id in Base58.</summary>
    public override string ToString() => _text;

    /// <summary>Tells why a text is no reference.</summary>
    internal static string Explain(string text)
    {
        if (text.StartsWith('#'))
            return "'#' is not followed by a link's number";

        // What is as long as an id, or says that it is one, was meant to be one.
        var meantAsId = text.StartsWith(NodeId.Prefix, StringComparison.Ordinal) || text.Length > NodeName.MaxLength;
        return meantAsId ? NodeId.Explain(text) : NodeName.Explain(text) ?? "";
    }

    private static bool TryParseLink(string text, out int link) =>
        int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out link) && link > 0;

    private static string List(Dictionary<NodeId, string?> found)
    {
        const int Shown = 5;
        var list = new List<string>();
        foreach (var (id, name) in found)
            list.Add(list.Count == Shown ? "…" : name is null ? $"{id}" : $"{name} {id}");
        return string.Join(", ", list.Take(Shown + 1));
    }

    private bool Matches(NodeId id, string? name)
    {
        if (Id is { } whole)
            return id == whole;

        return string.Equals(name, _text, StringComparison.Ordinal)
            || (_text.Length >= MinPrefixLength && id.ToString().StartsWith(_text, StringComparison.Ordinal));
    }

    private string NotFoundAction()
    {
        var action = "List the known nodes, or give the node's whole id.";
        return Id is null && _text.Length < MinPrefixLength
            ? $"{action} The start of an id needs {MinPrefixLength} or more characters."
            : action;
    }
}
