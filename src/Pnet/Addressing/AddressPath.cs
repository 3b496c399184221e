using System.Diagnostics.CodeAnalysis;

namespace Pnet.Addressing;

/// <summary>
/// The way to a node or to one of its services: hops that each know the next, then the service, such as
/// <c>bob/carol/service:ssh</c>. <c>.</c> is the node that is asked, <c>service:ssh</c> a service there.
/// </summary>
public sealed class AddressPath : IEquatable<AddressPath>, IParsable<AddressPath>
{
    /// <summary>The most hops in a path: each adds a layer of encryption.</summary>
    public const int MaxHops = 16;

    private const string ServicePrefix = "service:";
    private const string Form = "an address is up to 16 nodes and a service, as in bob/carol/service:ssh, or '.' for this node";

    // The longest path that can be meant; what is longer needn't be looked at.
    private const int MaxLength = (MaxHops * 72) + 8 + NodeName.MaxLength;

    private readonly NodeReference[] _hops;

    /// <summary>Puts a path together.</summary>
    /// <param name="hops">Up to <see cref="MaxHops"/> nodes, the nearest first.</param>
    /// <param name="service">A service at the last of them, or <see langword="null"/> for the node itself.</param>
    /// <exception cref="FormatException">There are too many hops, or the service's name isn't one.</exception>
    public AddressPath(IEnumerable<NodeReference> hops, string? service = null)
    {
        ArgumentNullException.ThrowIfNull(hops);
        _hops = [.. hops];
        Hops = Array.AsReadOnly(_hops);
        Service = service is null ? null : ServiceName.Validate(service);
        if (_hops.Length > MaxHops)
            throw new FormatException($"{Quote.Text(ToString())} has {_hops.Length} hops; {Form}");
    }

    /// <summary>The path to a node by its id.</summary>
    public AddressPath(NodeId node, string? service = null)
        : this([new NodeReference(node)], service)
    {
    }

    /// <summary>The node that is asked: no hops, no service. Written <c>.</c>.</summary>
    public static AddressPath Self { get; } = new([]);

    /// <summary>The nodes on the way, the nearest first, the addressed one last.</summary>
    public IReadOnlyList<NodeReference> Hops { get; }

    /// <summary>The service at the last node, or <see langword="null"/> where the node itself is addressed.</summary>
    public string? Service { get; }

    /// <summary>How many hops there are.</summary>
    public int Depth => _hops.Length;

    /// <summary>The path to the node before the last, without a service; <see langword="null"/> where there are no hops.</summary>
    public AddressPath? Parent => Depth == 0 ? null : new AddressPath(_hops[..^1]);

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">The text is no path; the message names the bad part and shows the right form.</exception>
    public static AddressPath Parse(string s)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Read(s, out var why) ?? throw new FormatException($"{Quote.Text(s)} is not an address: {why}; {Form}");
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static AddressPath Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <summary>Reads a path.</summary>
    /// <returns>Whether the text is one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, [NotNullWhen(true)] out AddressPath? result) =>
        (result = s is null ? null : Read(s, out _)) is not null;

    /// <inheritdoc cref="TryParse(string?, out AddressPath?)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [NotNullWhen(true)] out AddressPath? result) =>
        TryParse(s, out result);

    /// <summary>Goes on from this path's node by another path.</summary>
    /// <exception cref="FormatException">This path ends at a service already, or both have too many hops together.</exception>
    public AddressPath Append(AddressPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Equals(Self))
            return this;
        if (Service is not null)
            throw new FormatException($"{Quote.Text(ToString())} ends at a service, {Quote.Text(path.ToString())} can't follow it; {Form}");

        return Depth == 0 ? path : new AddressPath([.. _hops, .. path._hops], path.Service);
    }

    /// <summary>The same way, to a service (or with <see langword="null"/> to the node itself).</summary>
    /// <exception cref="FormatException">The name isn't one.</exception>
    public AddressPath WithService(string? service) => new(_hops, service);

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] AddressPath? other) =>
        other is not null && string.Equals(Service, other.Service, StringComparison.Ordinal) && _hops.AsSpan().SequenceEqual(other._hops);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as AddressPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var hop in _hops)
            hash.Add(hop);
        hash.Add(Service, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>The path as it is read.</summary>
    public override string ToString()
    {
        var hops = string.Join('/', (IEnumerable<NodeReference>)_hops);
        return (hops, Service) switch
        {
            ("", null) => ".",
            (_, null) => hops,
            ("", _) => $"{ServicePrefix}{Service}",
            _ => $"{hops}/{ServicePrefix}{Service}",
        };
    }

    /// <summary>Reads a path, or returns <see langword="null"/> and tells why there is none.</summary>
    private static AddressPath? Read(string text, out string why)
    {
        why = "";
        if (text == ".")
            return Self;
        if (text.Length > MaxLength)
            return Fail($"it has {text.Length} characters", out why);

        var hops = new List<NodeReference>();
        string? service = null;
        foreach (var part in text.Split('/'))
        {
            if (service is not null)
                return Fail($"{Quote.Text(part)} follows the service, which must come last", out why);
            if (part.Length == 0)
                return Fail(text.Length == 0 ? "it is empty" : $"part {hops.Count + 1} is empty", out why);

            if (part.StartsWith(ServicePrefix, StringComparison.Ordinal))
            {
                service = part[ServicePrefix.Length..];
                if (NodeName.ExplainForm(service) is { } bad)
                    return Fail($"the service {Quote.Text(service)} is no name, {bad}", out why);
            }
            else if (hops.Count == MaxHops)
            {
                return Fail("it has too many nodes", out why);
            }
            else if (NodeReference.TryParse(part, out var hop))
            {
                hops.Add(hop);
            }
            else
            {
                return Fail($"{Quote.Text(part)} is no node, {NodeReference.Explain(part)}", out why);
            }
        }

        return new AddressPath(hops, service);
    }

    private static AddressPath? Fail(string reason, out string why)
    {
        why = reason;
        return null;
    }
}
