namespace Pnet.Links;

/// <summary>A sender's place in the queue for room on a link. One for each channel; its state belongs to the <see cref="RecordWriter"/>.</summary>
internal sealed class SendTurn
{
    /// <summary>Set when the turn has come, and by whatever else the sender waits for (credit, the channel's end).</summary>
    public AsyncSignal Signal { get; } = new();

    /// <summary>Whether it stands in the queue.</summary>
    public bool Queued { get; set; }

    /// <summary>Whether the next frame may go ahead of the queue.</summary>
    public bool Granted { get; set; }
}
