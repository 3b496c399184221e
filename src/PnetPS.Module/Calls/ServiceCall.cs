using System.Buffers;
using System.IO.Pipelines;
using Pnet.Transports;

namespace PnetPS.Calls;

/// <summary>
/// One use of a service: a channel to it, what is sent on it while it is being read, and what comes back. Nothing is kept beyond
/// a fixed measure: whoever writes waits for the service to read, and the service waits for whoever takes its output.
/// </summary>
/// <param name="decoder">Makes objects of what comes back.</param>
/// <param name="take">Takes these objects and completes when it can take more.</param>
internal sealed class ServiceCall(IDecoder decoder, Func<IReadOnlyList<object>, Task> take)
{
    /// <summary>The bytes of input that wait for the service before the pipeline has to.</summary>
    public const int MaxWaiting = 256 * 1024;

    private const int BufferSize = 32 * 1024;

    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: MaxWaiting, resumeWriterThreshold: MaxWaiting / 2, useSynchronizationContext: false));

    /// <summary>Sends some bytes; waits while too many wait. What a service that has ended doesn't read is dropped.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            // In pieces: a pipe takes all of one write before it looks at its threshold.
            var piece = bytes[..Math.Min(bytes.Length, BufferSize)];
            bytes = bytes[piece.Length..];
            if ((await _input.Writer.WriteAsync(piece, cancellationToken).ConfigureAwait(false)).IsCompleted)
                return;
        }
    }

    /// <summary>Ends the input: the service reads its end.</summary>
    public void EndWrite() => _input.Writer.Complete();

    /// <summary>Opens the channel and carries bytes both ways until the service has ended.</summary>
    /// <param name="open">Opens it.</param>
    /// <param name="cancellationToken">Cuts it.</param>
    /// <returns>The status that the service ended with, where it has one.</returns>
    /// <exception cref="IOException">The service can't be reached, refused, or was cut off.</exception>
    public async Task<int?> RunAsync(Func<CancellationToken, Task<ITransport>> open, CancellationToken cancellationToken)
    {
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sent = Task.CompletedTask;
        try
        {
            var channel = await open(cancellationToken).ConfigureAwait(false);
            await using (channel.ConfigureAwait(false))
            {
                sent = SendAsync(channel, sending.Token);
                await ReceiveAsync(channel, cancellationToken).ConfigureAwait(false);

                // A program that has exited reads no more; what ended its output only may go on reading.
                if (channel.EndStatus is not null)
                    await sending.CancelAsync().ConfigureAwait(false);
                await sent.ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                return channel.EndStatus;
            }
        }
        finally
        {
            await sending.CancelAsync().ConfigureAwait(false);
            await sent.ConfigureAwait(false);
            await _input.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task SendAsync(ITransport channel, CancellationToken cancellationToken)
    {
        try
        {
            ReadResult result;
            do
            {
                result = await _input.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                foreach (var piece in result.Buffer)
                    await channel.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                _input.Reader.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
            await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It takes no more, as programs do that need only the beginning. If something is wrong, reading tells.
        }

        // Whoever writes is not to wait for it any longer.
        await _input.Reader.CompleteAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync(ITransport channel, CancellationToken cancellationToken)
    {
        var items = new List<object>();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            do
            {
                count = await channel.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count > 0)
                    decoder.Add(buffer.AsSpan(0, count), items);
                else
                    decoder.Finish(items);
                if (items.Count > 0)
                    await take(items).WaitAsync(cancellationToken).ConfigureAwait(false);
                items.Clear();
            }
            while (count > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
