using System.Buffers;
using System.Buffers.Binary;
using Pnet.Addressing;
using Pnet.Crypto;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Links;

/// <summary>
/// Preambles, then the three messages of Noise_XX (XXpsk3 with a network key), each after its 16-bit length.
/// </summary>
internal static class Handshake
{
    /// <summary>Runs the handshake within <see cref="LinkOptions.HandshakeTimeout"/>.</summary>
    /// <exception cref="PnetException">It failed; the message says at which point.</exception>
    public static async Task<HandshakeResult> RunAsync(ITransport transport, LinkOptions options, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var limit = options.HandshakeTimeout;
        if (limit != Timeout.InfiniteTimeSpan)
            timeout.CancelAfter(limit > options.HandshakeSpent ? limit - options.HandshakeSpent : TimeSpan.Zero);
        var step = new Step();
        try
        {
            return await RunAsync(transport, options, step, Preamble.Create(options.NetworkKey is not null), null, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"no {step.Name} came within {options.HandshakeTimeout.TotalSeconds:0.#} s", "Check that a node is at the other end of the transport.");
        }
        catch (IOException e) when (e is not PnetException)
        {
            throw new PnetException(PnetError.Unreachable, $"the transport failed before the {step.Name}: {e.Message}", null, e);
        }
    }

    /// <summary>The handshake with its random parts given, for the worked example in docs/protocol.md.</summary>
    internal static async Task<HandshakeResult> RunAsync(
        ITransport transport, LinkOptions options, Step step, Preamble mine, NodeKey? ephemeral, CancellationToken cancellationToken)
    {
        step.Name = "preamble";
        var buffer = ArrayPool<byte>.Shared.Rent(Wire.RecordHeaderSize + Wire.MaxHandshakeMessage);
        var said = options.Local ? options.Hello with { Process = LocalProcess.Mark } : options.Hello;
        // The two ends write at once, and the transport may hold fewer bytes than either writes: neither waits with reading
        // until its own have left.
        var writing = transport.WriteAsync(mine.Bytes, cancellationToken).AsTask();
        _ = writing.ContinueWith(static t => t.Exception, TaskScheduler.Default);
        var theirs = await ReceivePreambleAsync(transport, buffer.AsMemory(0, Preamble.Size), step, cancellationToken).ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        var initiator = mine.Leads(theirs);
        mine.CheckNetworkKey(theirs);

        var prologue = new byte[2 * Preamble.Size];
        (initiator ? mine : theirs).Bytes.CopyTo(prologue);
        (initiator ? theirs : mine).Bytes.CopyTo(prologue.AsMemory(Preamble.Size));
        using var noise = new HandshakeState(initiator, prologue, options.Key, options.NetworkKey, ephemeral);

        Hello hello;
        step.Name = "handshake message";
        if (initiator)
        {
            await SendAsync(transport, noise, buffer, null, cancellationToken).ConfigureAwait(false);
            hello = (await ReceiveAsync(transport, noise, buffer, step, cancellationToken).ConfigureAwait(false))!;
            // Checked before the last message: a node that isn't the one asked for never learns who asked.
            if (IdentityMismatch(noise.RemoteId, options) is { } mismatch)
                throw mismatch;
            step.Name = "answer to the last handshake message";
            await SendAsync(transport, noise, buffer, said, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ReceiveAsync(transport, noise, buffer, step, cancellationToken, empty: true).ConfigureAwait(false);
            await SendAsync(transport, noise, buffer, said, cancellationToken).ConfigureAwait(false);
            step.Name = "last handshake message";
            hello = (await ReceiveAsync(transport, noise, buffer, step, cancellationToken).ConfigureAwait(false))!;
        }
        // Only now: after a failure the transport may still be reading into it.
        ArrayPool<byte>.Shared.Return(buffer);
        var (send, receive) = noise.Split();
        return new HandshakeResult(noise.RemoteId, hello, initiator, send, receive);
    }

    /// <summary>The failure of a link that leads to another node than the one asked for; <see langword="null"/> where it does not.</summary>
    public static PnetException? IdentityMismatch(NodeId remote, LinkOptions options) => options.ExpectedId is { } expected && expected != remote
        ? new PnetException(PnetError.IdentityMismatch, $"identity mismatch: asked for {expected}, found {remote}", "Check the id, or leave it out to accept any node there.")
        : null;

    // What is no node is told apart as soon as it has said a few bytes: it may wait for an answer after those.
    private static async ValueTask<Preamble> ReceivePreambleAsync(ITransport transport, Memory<byte> buffer, Step step, CancellationToken cancellationToken)
    {
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await transport.ReadAsync(buffer[length..], cancellationToken).ConfigureAwait(false);
            length += read;
            if (length >= Preamble.MagicSize || (read == 0 && length > 0))
                Preamble.CheckMagic(buffer.Span[..length]);
            if (read == 0)
                throw Ended(transport, step);
        }
        return Preamble.Read(buffer.Span);
    }

    private static async ValueTask SendAsync(ITransport transport, HandshakeState noise, byte[] buffer, Hello? hello, CancellationToken cancellationToken)
    {
        var length = Write(noise, buffer, hello);
        await transport.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
    }

    private static int Write(HandshakeState noise, Span<byte> buffer, Hello? hello)
    {
        Span<byte> payload = stackalloc byte[hello is null ? 0 : Hello.MaxSize];
        var length = noise.WriteMessage(payload[..(hello?.Write(payload) ?? 0)], buffer[Wire.RecordHeaderSize..]);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)length);
        return Wire.RecordHeaderSize + length;
    }

    private static async ValueTask<Hello?> ReceiveAsync(ITransport transport, HandshakeState noise, byte[] buffer, Step step, CancellationToken cancellationToken, bool empty = false)
    {
        await FillAsync(transport, buffer.AsMemory(0, Wire.RecordHeaderSize), step, cancellationToken).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
        if (length > Wire.MaxHandshakeMessage)
            throw Violation.Of($"a {step.Name} of {length} bytes");
        var message = buffer.AsMemory(Wire.RecordHeaderSize, length);
        await FillAsync(transport, message, step, cancellationToken).ConfigureAwait(false);
        var payload = new byte[length];
        var used = noise.ReadMessage(message.Span, payload);
        return empty ? null : Hello.Read(payload.AsSpan(0, used));
    }

    private static async ValueTask FillAsync(ITransport transport, Memory<byte> buffer, Step step, CancellationToken cancellationToken)
    {
        try
        {
            await transport.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw Ended(transport, step, e);
        }
    }

    private static PnetException Ended(ITransport transport, Step step, Exception? cause = null) => new(
        PnetError.Unreachable, $"the transport ended before the {step.Name}{TransportEnd.Describe(transport)}", "Check that a node is at the other end, and its log.", cause);

    /// <summary>What the handshake waits for, so that a failure can name it.</summary>
    internal sealed class Step
    {
        /// <summary>The thing waited for, as it reads in a sentence.</summary>
        public string Name { get; set; } = "preamble";
    }
}
