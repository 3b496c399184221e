using PnetPS.Graphs.Layout;
using PnetPS.Graphs.Text;

namespace PnetPS.Graphs.Svg;

/// <summary>A graph with a place for everything, ready to be drawn.</summary>
internal sealed class Scene
{
    private Scene(Graph graph, IReadOnlyList<Card> cards, IReadOnlyList<Box> boxes, IReadOnlyList<Curve> curves, IReadOnlyList<LabelPlacer.Label?> labels)
    {
        Graph = graph;
        Cards = cards;
        Boxes = boxes;
        Curves = curves;
        Labels = labels;
    }

    public Graph Graph { get; }

    /// <summary>What is drawn for each node, and where.</summary>
    public IReadOnlyList<Card> Cards { get; }

    public IReadOnlyList<Box> Boxes { get; }

    /// <summary>The way of each link, and what is written at it where there is room.</summary>
    public IReadOnlyList<Curve> Curves { get; }

    public IReadOnlyList<LabelPlacer.Label?> Labels { get; }

    /// <summary>What all of it takes.</summary>
    public Box Frame => Box.Of(
        Boxes.Concat(Labels.OfType<LabelPlacer.Label>().Select(label => label.Box)).Concat(Curves.SelectMany(curve => curve.Points).Select(point => new Box(point.X, point.Y, 0, 0))));

    /// <summary>Arranges a graph.</summary>
    public static Scene Of(Graph graph)
    {
        var names = graph.Labels();
        var index = graph.Index();
        var cards = graph.Nodes.Select(node => Card.Of(node, names[node.Key])).ToList();
        var links = graph.Links.Select(link => (From: index[link.From], To: index[link.To], Relayed: link.Via is not null)).ToList();

        // What is relayed follows the links that carry it, and says nothing of its own about who is near whom.
        var sketch = new Sketch(cards.ConvertAll(card => card.Size), links.Where(link => !link.Relayed).Select(link => (link.From, link.To)));
        var places = graph.Nodes.Count == 0 ? [] : Arrangement.Of(sketch);
        var boxes = cards.Select((card, i) => Box.Around(places[i], card.Size)).ToList();
        var curves = LinkRouter.Route(links, boxes);

        var placer = new LabelPlacer(boxes, curves);
        var common = CommonCarrier(graph);
        var labels = graph.Links.Select((link, i) => placer.Place(i, Texts(link, common, names))).ToList();
        return new Scene(graph, cards, boxes, curves, labels);
    }

    /// <summary>What carries every link that isn't relayed, where it is the same for all: it is said once.</summary>
    public static string? CommonCarrier(Graph graph)
    {
        var carriers = graph.Links.Where(link => link.Via is null).Select(link => link.Carrier).Distinct(StringComparer.Ordinal).ToList();
        return carriers.Count == 1 ? carriers[0] : null;
    }

    private static IEnumerable<string> Texts(GraphLink link, string? common, IReadOnlyDictionary<string, string> names)
    {
        var carrier = link.Via is { } via ? $"via {GraphText.Clean(names[via], 16)}" : link.Carrier == common ? null : GraphText.Clean(link.Carrier ?? "", 16);
        var time = link.RoundTrip is { } roundTrip ? GraphText.RoundTrip(roundTrip) : null;
        var word = GraphText.Word(link.State);
        yield return Join(carrier, time, word);
        yield return Join(time, word);
        yield return word ?? "";
    }

    private static string Join(params string?[] parts) => string.Join(" · ", parts.Where(part => !string.IsNullOrEmpty(part)));
}
