using System.Security.Cryptography;
using Pnet.Addressing;
using Pnet.Services.Tickets;

namespace Pnet.Tests.Services.Tickets;

public sealed class TicketTableTests
{
    private readonly Clock _clock = new();
    private readonly NodeId _bob = new(RandomNumberGenerator.GetBytes(NodeId.Size));
    private readonly NodeId _carol = new(RandomNumberGenerator.GetBytes(NodeId.Size));
    private readonly TicketTable _table;

    public TicketTableTests() => _table = new TicketTable(_clock);

    [Fact]
    public void A_secret_is_good_for_the_first_who_shows_it_and_for_nobody_else()
    {
        var secret = _table.Add(null, "bob");
        string? name = null;
        Assert.True(_table.Redeem(secret, _bob, given => name = given));
        Assert.Equal("bob", name);
        Assert.False(_table.Redeem(secret, _bob, _ => { }));
        Assert.Contains("used already", Refused(secret, _carol), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ticket_whose_user_could_not_be_made_known_is_as_good_as_before()
    {
        var secret = _table.Add(null, "bob");
        Assert.Throws<IOException>(() => _table.Redeem(secret, _bob, _ => throw new IOException("the disk is full")));
        Assert.True(_table.Redeem(secret, _carol, _ => { }));
    }

    [Fact]
    public void What_expired_is_said_to_have_expired()
    {
        var secret = _table.Add(_clock.Now.AddMinutes(1), null);
        _clock.Now = _clock.Now.AddMinutes(1);
        Assert.Contains("has expired", Refused(secret, _bob), StringComparison.Ordinal);
        Assert.Contains("has expired", Refused(secret, _bob), StringComparison.Ordinal);
    }

    [Fact]
    public void A_guess_is_refused() => Assert.Contains("no ticket of this node", Refused(new byte[Ticket.SecretSize], _bob), StringComparison.Ordinal);

    [Fact]
    public void Those_that_wait_have_a_limit_which_the_used_and_the_expired_do_not_count_for()
    {
        var first = _table.Add(null, null);
        for (var i = 1; i < TicketTable.MaxTickets; i++)
            _table.Add(_clock.Now.AddHours(1), null);
        Assert.Equal(PnetError.LimitReached, Assert.Throws<PnetException>(() => _table.Add(null, null)).Error);

        _table.Redeem(first, _bob, _ => { });
        _table.Add(null, null);
        Assert.Equal(PnetError.LimitReached, Assert.Throws<PnetException>(() => _table.Add(null, null)).Error);

        _clock.Now = _clock.Now.AddHours(1);
        for (var i = 0; i < TicketTable.MaxTickets - 1; i++)
            _table.Add(null, null);
        Assert.Equal(PnetError.LimitReached, Assert.Throws<PnetException>(() => _table.Add(null, null)).Error);
    }

    [Fact]
    public void A_ticket_is_used_once_however_many_come_with_it_at_once()
    {
        var secret = _table.Add(null, null);
        var first = 0;
        Parallel.For(0, 64, i =>
        {
            try
            {
                if (_table.Redeem(secret, new NodeId([.. BitConverter.GetBytes(i + 1), .. new byte[28]]), _ => { }))
                    Interlocked.Increment(ref first);
            }
            catch (PnetException e) when (e.Error == PnetError.Refused)
            {
                // All but one.
            }
        });
        Assert.Equal(1, first);
    }

    private string Refused(byte[] secret, NodeId by)
    {
        var refusal = Assert.Throws<PnetException>(() => _table.Redeem(secret, by, _ => { }));
        Assert.Equal(PnetError.Refused, refusal.Error);
        return refusal.Message;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
