using System.Diagnostics;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Tests.Frames;

namespace Pnet.Tests.Channels;

public sealed class ReceiveWindowTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public void A_window_grows_while_it_is_used_up_within_a_round_trip_up_to_16_MiB()
    {
        var budget = new BufferBudget(long.MaxValue);
        Assert.True(budget.TryReserve(Wire.InitialCredit));
        var window = new ReceiveWindow(budget);
        long credit = Wire.InitialCredit;
        for (var i = 0; i < 100; i++)
        {
            var sent = (int)credit;
            window.Receive(sent);
            credit = window.Consume(sent, Long);
            Assert.Equal(window.Size, budget.Used);
            Assert.True(credit <= Wire.MaxWindow);
        }
        Assert.Equal(Wire.MaxWindow, window.Size);
        window.Close();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void A_window_that_is_read_as_a_whole_once_in_a_round_trip_grows_too()
    {
        var window = new ReceiveWindow(new BufferBudget(long.MaxValue));
        var credit = Wire.InitialCredit;
        var clock = Stopwatch.StartNew();
        TakeTime();
        window.Receive(credit);
        // The shortest round trip there was is a little shorter than this one.
        window.Consume(credit, clock.Elapsed * 0.75);
        Assert.Equal(2 * Wire.InitialCredit, window.Size);
    }

    [Fact]
    public void A_window_stays_where_the_path_is_short()
    {
        var window = new ReceiveWindow(new BufferBudget(long.MaxValue));
        for (var i = 0; i < 4; i++)
        {
            TakeTime();
            window.Receive(Wire.InitialCredit);
            Assert.Equal(Wire.InitialCredit, window.Consume(Wire.InitialCredit, TimeSpan.FromTicks(1)));
        }
        Assert.Equal(Wire.InitialCredit, window.Size);
    }

    [Fact]
    public void A_window_that_shrank_keeps_back_what_was_given_and_the_budget_with_it()
    {
        var budget = new BufferBudget(long.MaxValue);
        Assert.True(budget.TryReserve(Wire.InitialCredit));
        var window = new ReceiveWindow(budget);
        long credit = Grow(window, 1 << 20);
        window.Shrink();
        window.Shrink();
        Assert.Equal(Wire.InitialCredit, window.Size);
        Assert.Equal(1 << 20, budget.Used);
        // The peer uses up what it has; it is given again only what the small window allows.
        while (credit > Wire.InitialCredit)
        {
            TakeTime();
            window.Receive(16 * 1024);
            credit += window.Consume(16 * 1024, TimeSpan.Zero) - (16 * 1024);
        }
        Assert.InRange(credit, 1, Wire.InitialCredit);
        window.Close();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public void Nothing_is_granted_beyond_the_budget()
    {
        var budget = new BufferBudget(2 * Wire.InitialCredit);
        Assert.True(budget.TryReserve(Wire.InitialCredit));
        var window = new ReceiveWindow(budget);
        Grow(window, 2 * Wire.InitialCredit);
        Assert.Equal(2 * Wire.InitialCredit, window.Size);
        for (var i = 0; i < 20; i++)
        {
            window.Receive(window.Size);
            window.Consume(window.Size, Long);
        }
        Assert.Equal(2 * Wire.InitialCredit, window.Size);
        Assert.Equal(2 * Wire.InitialCredit, budget.Used);
    }

    [Fact]
    public void Whatever_the_order_of_things_the_peer_never_has_more_than_was_drawn_on_the_budget()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var budget = new BufferBudget(long.MaxValue);
            Assert.True(budget.TryReserve(Wire.InitialCredit));
            var window = new ReceiveWindow(budget);
            long credit = Wire.InitialCredit;
            long unread = 0;
            for (var step = 0; step < 400; step++)
            {
                switch (random.Next(8))
                {
                    case < 4:
                        var sent = (int)random.NextInt64(credit + 1);
                        window.Receive(sent);
                        (credit, unread) = (credit - sent, unread + sent);
                        break;
                    case < 7:
                        var read = (int)random.NextInt64(unread + 1);
                        credit += window.Consume(read, random.Next(2) == 0 ? Long : null);
                        unread -= read;
                        break;
                    default:
                        window.Shrink();
                        break;
                }
                Assert.InRange(credit, 0, Wire.MaxWindow);
                Assert.True(credit + unread <= budget.Used, $"seed {seed}, step {step}: {credit} + {unread} of {budget.Used}");
                // A sender is never left without any credit while everything was read.
                Assert.True(credit > 0 || unread > 0, $"seed {seed}, step {step}");
            }
            var more = (int)credit + 1;
            Broken.Message(() => window.Receive(more));
            window.Close();
            Assert.Equal(0, budget.Used);
        }
    }

    // Longer than the shortest round trip that counts: what is used up more slowly gives no reason to grow.
    private static void TakeTime() => Thread.Sleep(2);

    private static int Grow(ReceiveWindow window, int size)
    {
        var credit = Wire.InitialCredit;
        while (window.Size < size)
        {
            window.Receive(credit);
            credit = window.Consume(credit, Long);
        }
        return credit;
    }
}
