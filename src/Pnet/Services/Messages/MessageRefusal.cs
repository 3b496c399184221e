namespace Pnet.Services.Messages;

/// <summary>Messages in a row that a node did not take.</summary>
/// <param name="First">The first one's number, as <see cref="MessageSender.PostAsync"/> gave it.</param>
/// <param name="Last">The last one's number.</param>
/// <param name="Reason">Why: a full inbox, or a kind that the node doesn't allow.</param>
public sealed record MessageRefusal(long First, long Last, PnetException Reason);
