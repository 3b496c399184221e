using Pnet.Addressing;

namespace PnetPS.Arguments;

/// <summary>A ticket where a cmdlet wants one: its text, or what <c>New-R2Ticket</c> gave. PowerShell converts to it by itself.</summary>
public sealed class TicketArgument
{
    private readonly string _text;

    /// <summary>Takes a ticket as text; it is read when it is used.</summary>
    public TicketArgument(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        _text = text;
    }

    /// <summary>Takes a ticket that is at hand.</summary>
    public TicketArgument(R2Ticket ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        _text = ticket.Ticket;
    }

    /// <summary>What was given.</summary>
    public override string ToString() => _text;

    /// <summary>Reads the ticket.</summary>
    /// <exception cref="FormatException">It is none, or not whole.</exception>
    internal Ticket ToTicket() => Ticket.Parse(_text);
}
