using Pnet.Control;

namespace PnetPS;

/// <summary>One node of a path, as <c>Trace-R2Route</c> found it.</summary>
public sealed class R2Hop
{
    private readonly TraceHop _hop;

    internal R2Hop(R2Node node, TraceHop hop)
    {
        Node = node;
        _hop = hop;
    }

    /// <summary>Its place on the path, from 1.</summary>
    public int Hop => _hop.Hop;

    /// <summary>The path so far.</summary>
    public string Address => _hop.Address;

    /// <summary>Its id, once it is known.</summary>
    public string? Id => _hop.Id?.ToString();

    /// <summary>The name it gives itself, or <see langword="null"/>.</summary>
    public string? Name => _hop.Name;

    /// <summary>What carries the link to it.</summary>
    public string? Transport => _hop.Transport is { } transport ? Node.Explain(transport) : null;

    /// <summary>The round trip to it; <see cref="R2Duration.Never"/> where it did not answer.</summary>
    public R2Duration RoundTrip => _hop.RoundTrip ?? R2Duration.Never;

    /// <summary>Whether it answered.</summary>
    public bool Success => _hop.Error is null;

    /// <summary>Why it did not answer; the trace ends here.</summary>
    public string? Error => _hop.Error is { } why ? Node.Explain(why) : null;

    /// <summary>The node that the path starts from.</summary>
    public R2Node Node { get; }

    /// <summary>The place, the address, and the round trip or why there is none.</summary>
    public override string ToString() => Success ? $"{Hop} {Address} {RoundTrip}" : $"{Hop} {Address} {Error}";
}
