using System.IO.Enumeration;

namespace Pnet.Control;

/// <summary>Which of the events that a node keeps are wanted; all of them where nothing is said.</summary>
public sealed record EventQuery
{
    /// <summary>No event at all.</summary>
    public static EventQuery Nothing { get; } = new() { Newest = 0 };

    /// <summary>At most so many, the newest of those that the rest picks.</summary>
    public int? Newest { get; init; }

    /// <summary>Those that happened later than this.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Those of these kinds; <c>*</c> stands for any characters and <c>?</c> for one, as in <c>link.*</c>.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>Only those that somebody should look at.</summary>
    public bool Warning { get; init; }

    /// <summary>Whether an event is one of those, <see cref="Newest"/> aside.</summary>
    public bool Matches(NodeEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return (After is not { } after || happened.Time > after)
            && (!Warning || happened.Warning)
            && (Kinds is not { Count: > 0 } || Kinds.Any(kind => FileSystemName.MatchesSimpleExpression(kind, happened.Kind)));
    }

    /// <summary>Picks from events that are in the order in which they happened.</summary>
    /// <exception cref="PnetException"><see cref="Newest"/> is negative.</exception>
    public IReadOnlyList<NodeEvent> Pick(IEnumerable<NodeEvent> events)
    {
        if (Newest < 0)
            throw new PnetException(PnetError.Usage, $"the newest {Newest} events", "Give 0 or more.");
        var picked = events.Where(Matches);
        return [.. Newest is { } newest ? picked.TakeLast(newest) : picked];
    }
}
