using Pnet.Addressing;

namespace PnetPS;

/// <summary>One string with which another node connects to this one: <c>Connect-R2Node -Ticket</c> takes it.</summary>
public sealed class R2Ticket
{
    private readonly Ticket _ticket;

    // It doesn't name the node that was asked: piped to Connect-R2Node, that one would be linked with itself.
    internal R2Ticket(Ticket ticket) => _ticket = ticket;

    /// <summary>The ticket: letters and digits to paste.</summary>
    public string Ticket => _ticket.ToString();

    /// <summary>The node that gave it out.</summary>
    public string Id => _ticket.Id.ToString();

    /// <summary>Where that node is reached.</summary>
    public string[] Endpoints => [.. _ticket.Endpoints];

    /// <summary>Whether it makes the first node that uses it known, and is worth nothing after that.</summary>
    public bool OneTime => _ticket.OneTime;

    /// <summary>When it ends, local time; <see langword="null"/> for as long as the node runs.</summary>
    public DateTime? Expires => _ticket.Expires?.LocalDateTime;

    /// <summary>The ticket.</summary>
    public override string ToString() => Ticket;
}
