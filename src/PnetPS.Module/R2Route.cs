using PnetPS.Graphs.Text;

namespace PnetPS;

/// <summary>A way from one node to another that <c>Find-R2Route</c> looked for, and how far it got.</summary>
public sealed class R2Route
{
    internal R2Route(R2Node node, string target, string? address, IReadOnlyList<R2Hop> hops, string? error)
    {
        Node = node;
        Target = target;
        Address = address;
        Hops = [.. hops];
        Error = error;
    }

    /// <summary>The node it starts from.</summary>
    public R2Node Node { get; }

    /// <summary>What was looked for.</summary>
    public string Target { get; }

    /// <summary>The path as other cmdlets take it, such as <c>bob/carol</c>; <see langword="null"/> where none was found.</summary>
    public string? Address { get; }

    /// <summary>The nodes of the path in turn, up to the first that did not answer.</summary>
    public R2Hop[] Hops { get; }

    /// <summary>Whether the node at its end answered.</summary>
    public bool Success => Error is null;

    /// <summary>The round trip to its end; <see cref="R2Duration.Never"/> where that did not answer.</summary>
    public R2Duration RoundTrip => !Success ? R2Duration.Never : Hops.Length == 0 ? TimeSpan.Zero : Hops[^1].RoundTrip;

    /// <summary>Why it leads nowhere.</summary>
    public string? Error { get; }

    /// <summary>The path hop by hop, as in <c>alice -> bob 0.3 ms -> carol: unreachable: no link to carol</c>.</summary>
    public override string ToString()
    {
        var way = string.Join(" -> ", Hops.Where(hop => hop.Success).Select(hop => $"{hop.Name ?? hop.Id} {GraphText.RoundTrip(hop.RoundTrip)}").Prepend(Node.ToString()));
        if (Success)
            return way;
        var broken = Hops.FirstOrDefault(hop => !hop.Success);
        var there = broken is null || (broken.Name is null && Address?.Split('/').Length == broken.Hop) ? Target : broken.Name ?? broken.Address;
        return $"{way} -> {there.Split('/')[^1]}: unreachable: {Error}";
    }
}
