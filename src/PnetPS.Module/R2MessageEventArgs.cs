namespace PnetPS;

/// <summary>What the handlers of <c>MessageReceived</c> are told.</summary>
public sealed class R2MessageEventArgs : EventArgs
{
    internal R2MessageEventArgs(R2Message message) => Message = message;

    /// <summary>The message.</summary>
    public R2Message Message { get; }

    /// <summary>The sender and the message.</summary>
    public override string ToString() => $"{Message.FromName ?? Message.From}: {Message}";
}
