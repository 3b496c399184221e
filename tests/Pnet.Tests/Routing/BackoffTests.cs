using Pnet.Routing;

namespace Pnet.Tests.Routing;

public sealed class BackoffTests
{
    [Fact]
    public void Pauses_double_up_to_the_longest()
    {
        var backoff = new Backoff();
        var pauses = Enumerable.Range(0, 10).Select(_ => backoff.Next().TotalMilliseconds).ToList();
        for (var i = 0; i < pauses.Count; i++)
        {
            var expected = Math.Min(250 * Math.Pow(2, i), Backoff.Longest.TotalMilliseconds);
            Assert.InRange(pauses[i], expected * 0.89, expected * 1.11);
        }
    }

    [Fact]
    public void A_link_that_held_is_opened_again_at_once_and_one_that_flaps_less_and_less_often()
    {
        var backoff = new Backoff();
        for (var i = 0; i < 4; i++)
        {
            backoff.Next();
            backoff.Held(Backoff.Stable - TimeSpan.FromSeconds(1));
        }
        Assert.InRange(backoff.Next().TotalSeconds, 3.6, 4.4);

        backoff.Held(Backoff.Stable);
        Assert.InRange(backoff.Next().TotalMilliseconds, 225, 275);
    }
}
