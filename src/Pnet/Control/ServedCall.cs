using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pnet.Routing;
using Pnet.Services;

namespace Pnet.Control;

/// <summary>One request that a node serves, and its answers.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Lines">The request's channel. One answer is written at a time.</param>
/// <param name="Request">The request.</param>
/// <param name="Token">Cancelled when the asker goes.</param>
internal sealed record ServedCall(Neighbour Caller, JsonLines Lines, ControlRequest Request, CancellationToken Token)
{
    public T Read<T>(JsonTypeInfo<T> type) =>
        Request.Parameters is { } parameters && JsonSerializer.Deserialize(parameters, type) is { } value
            ? value
            : throw new PnetException(PnetError.Protocol, $"control: {Request.Method} without parameters");

    public async Task ResultAsync<T>(Task<T> result, JsonTypeInfo<T> type)
    {
        var element = JsonSerializer.SerializeToElement(await result.ConfigureAwait(false), type);
        await ReplyAsync(new ControlReply { Result = element }).ConfigureAwait(false);
    }

    public async Task DoneAsync(Task work)
    {
        await work.ConfigureAwait(false);
        await ReplyAsync(new ControlReply { Done = true }).ConfigureAwait(false);
    }

    public async Task ItemsAsync<T>(IAsyncEnumerable<T> items, JsonTypeInfo<T> type)
    {
        await foreach (var item in items.ConfigureAwait(false))
            await ItemAsync(item, type).ConfigureAwait(false);
        await ReplyAsync(new ControlReply { Done = true }).ConfigureAwait(false);
    }

    public async Task ItemsAsync<T>(Task<IReadOnlyList<T>> items, JsonTypeInfo<T> type)
    {
        foreach (var item in await items.ConfigureAwait(false))
            await ItemAsync(item, type).ConfigureAwait(false);
        await ReplyAsync(new ControlReply { Done = true }).ConfigureAwait(false);
    }

    public Task ItemAsync<T>(T item, JsonTypeInfo<T> type) => ReplyAsync(new ControlReply { Item = JsonSerializer.SerializeToElement(item, type) });

    public Task ReplyAsync(ControlReply reply) => Lines.WriteAsync(reply, ControlJson.Default.ControlReply, Token).AsTask();
}
