using Pnet.Channels;
using Pnet.Tests.Links;

namespace Pnet.Tests.Channels;

/// <summary>What services hold for a node is counted for it and for all, but for the little that is free.</summary>
public sealed class HoldingTests
{
    private const long Mebibyte = 1 << 20;

    private readonly BufferBudget _all = new(6 * Mebibyte);

    [Fact]
    public void What_is_free_draws_nothing_and_the_rest_is_drawn_once()
    {
        using var holding = new Holding(new BufferBudget(4 * Mebibyte, _all), null);
        foreach (var (bytes, drawn) in new[] { (0, 0), (Holding.Free, 0), (Holding.Free + 1, 1), (Holding.Free + 5, 5), (Holding.Free + 5, 5), (Holding.Free + 2, 2), (10, 0) })
        {
            holding.Set(bytes);
            Assert.Equal(drawn, _all.Used);
        }
    }

    [Fact]
    public void A_node_has_its_share_and_all_together_theirs_and_whoever_wants_more_is_told_both()
    {
        var refusals = 0;
        var (alice, bob) = (new BufferBudget(4 * Mebibyte, _all), new BufferBudget(4 * Mebibyte, _all));
        using var first = new Holding(alice, () => refusals++);
        using var second = new Holding(alice, () => refusals++);
        using var other = new Holding(bob, () => refusals++);
        first.Set(3 * Mebibyte);
        Refused(second, 2 * Mebibyte, "4 MiB for one node, 6 MiB in all");
        second.Set(Mebibyte);
        Refused(other, 3 * Mebibyte, "6 MiB in all");
        other.Set(2 * Mebibyte);
        // What was refused has changed nothing.
        Refused(first, 5 * Mebibyte);
        Assert.Equal((3, (6 * Mebibyte) - (3 * Holding.Free)), (refusals, _all.Used));
        first.Dispose();
        first.Dispose();
        other.Set(4 * Mebibyte);
        second.Dispose();
        other.Dispose();
        Assert.Equal(0, _all.Used);
    }

    private static void Refused(Holding holding, long bytes, string words = "") =>
        Waiting.Tells(Assert.Throws<PnetException>(() => holding.Set(bytes)), PnetError.LimitReached, words, "try again later");
}
