using PnetPS.Graphs.Text;

namespace PnetPS.Graphs.Svg;

/// <summary>What is shown when the pointer rests on something, and read aloud.</summary>
internal static class Tips
{
    public static IEnumerable<string> Of(GraphNode node, string label)
    {
        yield return GraphText.Word(node.State) is { } word ? $"{label} ({word})" : label;
        if (node.Id is { } id)
            yield return $"id: {id}";
        if (node.Services.Count > 0)
            yield return $"services: {string.Join(", ", node.Services)}";
        foreach (var endpoint in node.Endpoints)
            yield return $"listens on {endpoint}";
        if (node.Note is { } note)
            yield return note;
    }

    public static IEnumerable<string> Of(GraphLink link, Func<string, string> label)
    {
        yield return $"{label(link.From)} — {label(link.To)}{(GraphText.Word(link.State) is { } word ? $" ({word})" : "")}";
        if (link.Via is { } via)
            yield return $"relayed through {label(via)}";
        else if (link.Transport is { } transport)
            yield return transport;
        if (link.RoundTrip is { } time)
            yield return $"round trip {GraphText.RoundTrip(time)}";
        if (link.Note is { } note)
            yield return note;
    }
}
