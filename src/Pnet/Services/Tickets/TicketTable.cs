using System.Security.Cryptography;
using Pnet.Addressing;

namespace Pnet.Services.Tickets;

/// <summary>The secrets of tickets that were given out: each makes the first node that shows it known, and nobody after it.</summary>
/// <remarks>
/// They are kept as hashes, in memory: tickets end with the node. What was used or has expired is remembered while there is
/// room, so that whoever comes with it is told which.
/// </remarks>
internal sealed class TicketTable(TimeProvider time)
{
    /// <summary>The most tickets that wait to be used.</summary>
    public const int MaxTickets = 1024;

    /// <summary>Used and expired ones that are remembered.</summary>
    public const int MaxEnded = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<string> _ended = [];

    /// <summary>Makes the secret of a new ticket.</summary>
    /// <param name="expires">When it ends, or <see langword="null"/>.</param>
    /// <param name="name">What the node that uses it is called here from then on, or <see langword="null"/>.</param>
    /// <exception cref="PnetException">Too many wait to be used.</exception>
    public byte[] Add(DateTimeOffset? expires, string? name)
    {
        var secret = RandomNumberGenerator.GetBytes(Ticket.SecretSize);
        lock (_lock)
        {
            if (_entries.Count - _ended.Count >= MaxTickets)
                EndExpired();
            if (_entries.Count - _ended.Count >= MaxTickets)
                throw new PnetException(PnetError.LimitReached, $"{MaxTickets} tickets wait to be used", "Wait until some are, or let them expire: give tickets an end.");
            _entries.Add(KeyOf(secret), new Entry(expires, name));
        }

        return secret;
    }

    /// <summary>Uses a ticket up.</summary>
    /// <param name="secret">Its secret.</param>
    /// <param name="by">Who shows it.</param>
    /// <param name="grant">Makes that node known by a name, or by none; where this fails the ticket is as good as before.</param>
    /// <returns>Whether this was the first time; the node that has used it can show it again.</returns>
    /// <exception cref="PnetException">It is not one of this node's, was used by another, or has expired.</exception>
    public bool Redeem(ReadOnlySpan<byte> secret, NodeId by, Action<string?> grant)
    {
        // Looking a hash up takes a time that says nothing of the secrets.
        var key = KeyOf(secret);
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry))
                throw Refused("no ticket of this node: it was started again since, or is too old to be remembered");
            // Whoever lost the link before the answer comes again.
            if (entry.UsedBy == by)
                return false;
            if (entry.UsedBy is not null)
                throw Refused("the ticket was used already");
            if (entry.Expires <= time.GetUtcNow())
            {
                End(key, entry);
                throw Refused("the ticket has expired");
            }

            grant(entry.Name);
            entry.UsedBy = by;
            End(key, entry);
            return true;
        }
    }

    private void EndExpired()
    {
        var now = time.GetUtcNow();
        foreach (var (key, entry) in _entries.Where(pair => pair.Value.Expires <= now).ToList())
            End(key, entry);
    }

    private void End(string key, Entry entry)
    {
        if (entry.Ended)
            return;
        entry.Ended = true;
        _ended.Enqueue(key);
        if (_ended.Count > MaxEnded)
            _entries.Remove(_ended.Dequeue());
    }

    private static string KeyOf(ReadOnlySpan<byte> secret) => Convert.ToHexString(SHA256.HashData(secret));

    private static PnetException Refused(string why) => new(PnetError.Refused, why, "Ask for another one.");

    private sealed class Entry(DateTimeOffset? expires, string? name)
    {
        public DateTimeOffset? Expires => expires;

        public string? Name => name;

        public NodeId? UsedBy { get; set; }

        public bool Ended { get; set; }
    }
}
