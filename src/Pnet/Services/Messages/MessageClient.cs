using System.Runtime.CompilerServices;
using Pnet.Addressing;

namespace Pnet.Services.Messages;

/// <summary>Sends messages from a node of this user's, and reads those that came to it.</summary>
/// <param name="node">The node to go through, in this process or behind a manager socket.</param>
public sealed class MessageClient(IServiceOpener node)
{
    /// <summary>Sends one message, and returns once it is in the other node's inbox.</summary>
    /// <param name="target">The node, as a path without a service.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait; the message may arrive all the same.</param>
    /// <exception cref="PnetException">It could not be sent, or the other node does not take it: its inbox is full, it doesn't know this node.</exception>
    public async Task SendAsync(AddressPath target, Message message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        message.Check();
        var sender = await OpenSenderAsync(target, cancellationToken).ConfigureAwait(false);
        await using (sender.ConfigureAwait(false))
        {
            await sender.PostAsync(message, cancellationToken).ConfigureAwait(false);
            if (await sender.FlushAsync(cancellationToken).ConfigureAwait(false) is [var refusal])
                throw refusal.Reason;
        }
    }

    /// <summary>Opens the way to a node for many messages.</summary>
    /// <inheritdoc cref="MessageSender.OpenAsync"/>
    public Task<MessageSender> OpenSenderAsync(AddressPath target, CancellationToken cancellationToken = default) =>
        MessageSender.OpenAsync(node, target, cancellationToken);

    /// <summary>Reads messages. Each is gone from the inbox when the next one is asked for, or the enumeration ends.</summary>
    /// <param name="wait">Whether to go on with messages that have not come yet.</param>
    /// <param name="count">The most messages; <see langword="null"/> for any number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PnetException">The node has gone.</exception>
    public async IAsyncEnumerable<ReceivedMessage> ReceiveAsync(
        bool wait = false, long? count = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reader = await InboxReader.OpenAsync(node, wait, count, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } message)
                yield return message;
        }
    }
}
