using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Services;
using Pnet.Transports;

namespace Pnet.Control;

/// <summary>One request on a channel of its own, and its answer.</summary>
internal sealed class ControlCall(Channel channel) : IAsyncDisposable
{
    private readonly JsonLines _lines = new(channel, "control");

    /// <summary>The copying of raw bytes that belongs to the request.</summary>
    public Task Splicing { get; private set; } = Task.CompletedTask;

    public ValueTask SendAsync(ControlRequest request, CancellationToken cancellationToken) =>
        _lines.WriteAsync(request, ControlJson.Default.ControlRequest, cancellationToken);

    /// <summary>Reads one line of the answer, or throws the failure it tells of.</summary>
    public async Task<ControlReply> NextAsync(CancellationToken cancellationToken)
    {
        var reply = await _lines.ReadAsync(ControlJson.Default.ControlReply, cancellationToken).ConfigureAwait(false)
            ?? throw new PnetException(PnetError.Closed, "the node ended the request without an answer", "See its log.");
        return reply.Error is null ? reply : throw reply.Error.ToException();
    }

    public async Task<T> ResultAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Value((await NextAsync(cancellationToken).ConfigureAwait(false)).Result, type);

    public async Task DoneAsync(CancellationToken cancellationToken) => await NextAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Opens the channel for raw bytes that the answer names.</summary>
    public async Task<Channel> StreamAsync(Func<FrameAddress, CancellationToken, Task<Channel>> open, CancellationToken cancellationToken)
    {
        var reply = await NextAsync(cancellationToken).ConfigureAwait(false);
        return await open(FrameAddress.OfService(reply.Stream ?? throw Violation.Of("control: an answer without a stream")), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins to copy between such a channel and a transport of the asker's.</summary>
    public void Join(Channel stream, ITransport transport) => Splicing = JoinAsync(stream, transport);

    public static T Value<T>(JsonElement? element, JsonTypeInfo<T> type) =>
        element is { } json && JsonSerializer.Deserialize(json, type) is { } value ? value : throw Violation.Of("control: an answer of another form");

    public ValueTask DisposeAsync() => channel.DisposeAsync();

    private static async Task JoinAsync(Channel stream, ITransport transport)
    {
        try
        {
            await Splice.RunAsync(stream, transport, CancellationToken.None).ConfigureAwait(false);
            // The far end may be through before a program here has dealt with what it was given: it is not to be closed upon yet.
            if (transport is ProcessTransport program)
                await program.FinishAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // Or the node would wait for bytes that can't come any more.
            stream.Reset(Reason.From(e));
            throw;
        }
    }
}
