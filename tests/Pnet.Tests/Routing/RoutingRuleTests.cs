using Pnet.Addressing;
using Pnet.Frames;
using Pnet.Routing;

namespace Pnet.Tests.Routing;

public sealed class RoutingRuleTests
{
    [Fact]
    public void What_is_routed_is_heard_by_its_destination_as_from_its_source()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var (n0, n1) = (RandomId(random), RandomId(random));
            Assert.Equal((n1, FrameAddress.From(n0)), RoutingRule.Apply(n0, FrameAddress.To(n1)));
        }
    }

    [Fact]
    public void A_ping_is_the_rule_with_the_source_as_destination()
    {
        var id = RandomId(new Random(2));
        Assert.Equal((id, FrameAddress.From(id)), RoutingRule.Apply(id, FrameAddress.To(id)));
    }

    [Fact]
    public void Recursion_over_any_path_delivers_to_its_last_node_as_from_its_first()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            // Few nodes, so that paths come back to where they were.
            var nodes = Enumerable.Range(0, 5).Select(_ => RandomId(random)).ToArray();
            var source = nodes[random.Next(5)];
            var path = random.GetItems(nodes, random.Next(1, 12));
            // The first node of the path is a neighbour. What it hears from the source it does; so does the next.
            var (hearer, heardFrom) = (path[0], source);
            foreach (var next in path.Skip(1))
            {
                (hearer, var address) = RoutingRule.Apply(heardFrom, FrameAddress.To(next));
                Assert.Equal(FrameAddressKind.FromNode, address.Kind);
                heardFrom = address.Node;
            }
            Assert.Equal((path[^1], source), (hearer, heardFrom));
        }
    }

    [Fact]
    public void Only_a_destination_is_routed_to()
    {
        var id = RandomId(new Random(3));
        Assert.Throws<ArgumentException>(() => RoutingRule.Apply(id, FrameAddress.From(id)));
        Assert.Throws<ArgumentException>(() => RoutingRule.Apply(id, FrameAddress.OfService("x")));
    }

    private static NodeId RandomId(Random random)
    {
        var bytes = new byte[NodeId.Size];
        random.NextBytes(bytes);
        return new NodeId(bytes);
    }
}
