using Pnet.Channels;
using Pnet.Routing;

namespace Pnet.Services.Content;

/// <summary>Lets the node's owner publish, unpublish and list: one request and its answer on each channel.</summary>
internal sealed class ContentManagement(ContentStore store)
{
    /// <summary>The name of the service.</summary>
    public const string ServiceName = "publications";

    /// <summary>Serves one channel.</summary>
    /// <exception cref="PnetException">The caller is no manager of this node.</exception>
    public async Task ServeAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken)
    {
        if (!caller.Origin.Manager)
            throw new PnetException(PnetError.Refused, "what a node publishes is for its owner to say");
        channel.Accept();
        var lines = new JsonLines(channel, "content");
        var request = await lines.ReadAsync(ContentJson.Default.ContentRequest, cancellationToken).ConfigureAwait(false);
        if (request is null)
            return;
        // Reading a file takes its time: not on the thread that polls.
        var answer = await Task.Run(() => Answer(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach (var reply in answer)
            await lines.WriteAsync(reply, ContentJson.Default.ContentReply, cancellationToken).ConfigureAwait(false);
        await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        // The asker ends its direction at once; the answer stays readable.
        await channel.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false);
    }

    private List<ContentReply> Answer(ContentRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.Publish is { } path)
                return [new ContentReply(store.Publish(path, cancellationToken))];
            if (request.Unpublish is { } address)
            {
                store.Unpublish(ContentAddress.Parse(address));
                return [];
            }
            return [.. store.Contents.Select(content => new ContentReply(content))];
        }
        catch (PnetException e)
        {
            return [new ContentReply(Error: e.Error, Message: e.Message, Action: e.Action)];
        }
        catch (FormatException e)
        {
            return [new ContentReply(Error: PnetError.Usage, Message: e.Message)];
        }
    }
}
