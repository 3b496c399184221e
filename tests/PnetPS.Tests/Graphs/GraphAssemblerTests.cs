using Pnet.Addressing;
using Pnet.Control;
using Pnet.Crypto;
using PnetPS.Graphs;
using PnetPS.Graphs.Sources;

namespace PnetPS.Tests.Graphs;

public sealed class GraphAssemblerTests
{
    private static readonly NodeId Alice = NewId();
    private static readonly NodeId Bob = NewId();
    private static readonly NodeId Carol = NewId();

    private readonly GraphAssembler _graph = new();

    [Fact]
    public void A_link_that_both_ends_tell_of_is_one_link_with_what_the_better_one_knows()
    {
        _graph.Add(Bob.ToString(), Peer(Alice, "alice") with { Transport = "" });
        _graph.Add(Asked(Bob));
        _graph.Add(Asked(Alice));
        _graph.Add(Alice.ToString(), Peer(Bob, "bob") with { Transport = "tcp://b:1", RoundTrip = TimeSpan.FromMilliseconds(3) });

        var link = Assert.Single(_graph.Build("t").Links);
        Assert.Equal("tcp://b:1", link.Transport);
        Assert.Equal(TimeSpan.FromMilliseconds(3), link.RoundTrip);
    }

    [Fact]
    public void Two_links_between_two_nodes_are_two_links()
    {
        _graph.Add(Asked(Alice));
        _graph.Add(Asked(Bob));
        foreach (var teller in new[] { (Alice, Bob), (Bob, Alice) })
        {
            _graph.Add(teller.Item1.ToString(), Peer(teller.Item2, null));
            _graph.Add(teller.Item1.ToString(), Peer(teller.Item2, null) with { Link = 2 });
        }

        Assert.Equal(2, _graph.Build("t").Links.Count);
    }

    [Fact]
    public void A_relayed_link_is_not_the_direct_one_and_its_router_is_shown()
    {
        _graph.Add(Asked(Alice));
        _graph.Add(Alice.ToString(), Peer(Bob, "bob"));
        _graph.Add(Alice.ToString(), Peer(Bob, "bob") with { Via = Carol, Transport = $"via {Carol}" });

        var graph = _graph.Build("t");
        Assert.Equal([null, Carol.ToString()], graph.Links.Select(link => link.Via));
        Assert.Null(graph.Links[1].Transport);
        Assert.Contains(graph.Nodes, node => node.Key == Carol.ToString());
    }

    [Fact]
    public void One_that_was_never_up_leads_to_a_node_without_an_id()
    {
        _graph.Add(Asked(Alice));
        _graph.Add(Alice.ToString(), new PeerInfo { Link = 1, Transport = "tcp://nowhere:1", State = LinkState.Connecting, Error = "connection refused" });

        var graph = _graph.Build("t");
        Assert.Equal("tcp://nowhere:1", graph.Nodes[1].Name);
        Assert.Null(graph.Nodes[1].Id);
        Assert.Equal(GraphLinkState.Down, graph.Links[0].State);
        Assert.Equal("connection refused", graph.Links[0].Note);
    }

    [Fact]
    public void What_a_node_says_of_itself_takes_the_place_of_what_others_said()
    {
        _graph.Add(Asked(Alice));
        _graph.Add(Alice.ToString(), Peer(Bob, "bob") with { Endpoints = ["tcp://b:1"] });
        Assert.Equal(GraphNodeState.Seen, _graph.Build("t").Nodes[1].State);

        _graph.Add(Asked(Bob) with { Services = ["ssh"] });
        var bob = _graph.Build("t").Nodes[1];
        Assert.Equal((GraphNodeState.Asked, "bob"), (bob.State, bob.Name));
        Assert.Equal(["tcp://b:1"], bob.Endpoints);
        Assert.Equal(["ssh"], bob.Services);
    }

    [Fact]
    public void A_node_that_makes_up_peers_fills_no_memory()
    {
        _graph.Add(Asked(Alice));
        for (var i = 0; i <= GraphAssembler.MaxNodes; i++)
            _graph.Add(Alice.ToString(), new PeerInfo { Link = i, Transport = $"tcp://{i}:1" });

        Assert.True(_graph.Full);
        var graph = _graph.Build("t");
        Assert.Equal(GraphAssembler.MaxNodes, graph.Nodes.Count);
        Assert.Equal(GraphAssembler.MaxNodes - 1, graph.Links.Count);
    }

    private static NodeId NewId()
    {
        using var key = NodeKey.Generate();
        return key.Id;
    }

    private static GraphNode Asked(NodeId id) => new(id.ToString()) { Id = id.ToString(), State = GraphNodeState.Asked };

    private static PeerInfo Peer(NodeId id, string? name) => new() { Link = 1, Id = id, Name = name, State = LinkState.Up, Transport = "unix:///x" };
}
