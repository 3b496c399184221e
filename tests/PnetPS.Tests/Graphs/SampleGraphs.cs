using PnetPS.Graphs;

namespace PnetPS.Tests.Graphs;

/// <summary>Graphs of the forms that people make.</summary>
internal static class SampleGraphs
{
    public static Graph Line(int count) => Make($"A line of {count}", count, Enumerable.Range(1, count - 1).Select(i => (i - 1, i)));

    public static Graph Ring(int count) => Make($"A ring of {count}", count, Enumerable.Range(0, count).Select(i => (i, (i + 1) % count)));

    public static Graph Star(int count) => Make($"A star of {count}", count, Enumerable.Range(1, count - 1).Select(i => (0, i)));

    public static Graph Tree(int count, int children = 2) => Make($"A tree of {count}", count, Enumerable.Range(1, count - 1).Select(i => ((i - 1) / children, i)));

    public static Graph Mesh(int count) => Make(
        $"A mesh of {count}", count, Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(i + 1, count - i - 1).Select(j => (i, j))));

    /// <summary>A tree by chance, and some links more.</summary>
    public static Graph Random(int count, int more, int seed)
    {
        var random = new Random(seed);
        var tree = Enumerable.Range(1, count - 1).Select(i => (A: random.Next(i), B: i)).ToList();
        var others = Enumerable.Range(0, more).Select(_ => (A: random.Next(count), B: random.Next(count))).Where(pair => pair.A != pair.B).ToList();
        return Make($"{count} at random", count, tree.Concat(others).Select(pair => pair.A < pair.B ? pair : (pair.B, pair.A)).Distinct());
    }

    /// <summary>Two sites that meet at a router, with what is relayed between them.</summary>
    public static Graph Relay { get; } = new()
    {
        Title = "Three sites, one router",
        Nodes =
        [
            new GraphNode("p") { Name = "paris", Id = "6Xb2RtEfPARIS", State = GraphNodeState.Asked, Services = ["web", "files"] },
            new GraphNode("r") { Name = "router", Id = "7Yc3SuFgROUTER", State = GraphNodeState.Asked, Endpoints = ["tcp://192.0.2.7:47210"] },
            new GraphNode("t") { Name = "tokyo", Id = "8Zd4TvGhTOKYO", State = GraphNodeState.Asked, Services = ["ssh"] },
        ],
        Links =
        [
            new GraphLink("p", "r") { Transport = "tcp://192.0.2.7:47210", RoundTrip = TimeSpan.FromMilliseconds(12.3) },
            new GraphLink("t", "r") { Transport = "wss://router.example/r2", RoundTrip = TimeSpan.FromMilliseconds(148) },
            new GraphLink("p", "t") { Via = "r", RoundTrip = TimeSpan.FromMilliseconds(161) },
        ],
    };

    /// <summary>Everything that can be drawn, at once.</summary>
    public static Graph Everything { get; } = new()
    {
        Title = "What there is to see",
        Nodes =
        [
            new GraphNode("a") { Name = "alice", Id = "6Xb2RtEfALICE", State = GraphNodeState.Asked, Services = ["ssh", "web", "files", "mail", "clock"] },
            new GraphNode("b") { Name = "bob", Id = "7Yc3SuFgBOB", State = GraphNodeState.Asked, Endpoints = ["unix:///run/bob.sock"] },
            new GraphNode("c") { Name = "carol", Id = "8Zd4TvGhCAROL", State = GraphNodeState.Silent, Note = "refused: alice is not known there" },
            new GraphNode("d") { Name = "dave-of-the-long-name-that-never-ends", Id = "9Ae5UwHiDAVE" },
            new GraphNode("e") { Name = "erin", Id = "3Bf6VxJjERIN", State = GraphNodeState.Stopped },
            new GraphNode("e2") { Name = "erin", Id = "4Cg7WyKkERIN", State = GraphNodeState.Asked, Services = ["tunnel"] },
            new GraphNode("lone") { Name = "lone", Id = "5Dh8XzLmLONE", State = GraphNodeState.Asked },
        ],
        Links =
        [
            new GraphLink("a", "b") { Transport = "unix:///run/bob.sock", RoundTrip = TimeSpan.FromMilliseconds(0.31) },
            new GraphLink("a", "b") { Transport = "ssh bob r2 connect -", RoundTrip = TimeSpan.FromMilliseconds(4.2) },
            new GraphLink("b", "c") { Transport = "tcp://192.0.2.9:47210", RoundTrip = TimeSpan.FromMilliseconds(23) },
            new GraphLink("c", "d"),
            new GraphLink("a", "d") { Transport = "{ param($Stream) … }", State = GraphLinkState.Suspended },
            new GraphLink("b", "e2") { Transport = "udp://192.0.2.1:9", RoundTrip = TimeSpan.FromMilliseconds(1350) },
            new GraphLink("b", "e") { State = GraphLinkState.Down, Note = "connection refused" },
            new GraphLink("a", "c") { Via = "b", RoundTrip = TimeSpan.FromMilliseconds(24) },
        ],
    };

    public static Graph Make(string title, int count, IEnumerable<(int A, int B)> links) => new()
    {
        Title = title,
        Nodes = [.. Enumerable.Range(1, count).Select(i => new GraphNode($"id{i}") { Name = $"n{i:00}", Id = $"id{i}", State = GraphNodeState.Asked })],
        Links = [.. links.Select(link => new GraphLink($"id{link.A + 1}", $"id{link.B + 1}") { Transport = "unix:///run/x", RoundTrip = TimeSpan.FromMilliseconds(0.2 + (link.B * 0.1)) })],
    };
}
