using System.IO.Pipelines;
using Pnet.Addressing;
using Pnet.Transports;

namespace Pnet.Services.Streams;

/// <summary>
/// One use of a service: a channel to it, and what waits to be sent on it while its output is read. Whoever writes waits for
/// the service to read, and the service waits for whoever reads its output.
/// </summary>
internal sealed class StreamCall(IServiceOpener node, AddressPath target)
{
    /// <summary>The bytes of input that wait for the service before whoever writes has to.</summary>
    public const int MaxWaiting = 256 * 1024;

    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: MaxWaiting, resumeWriterThreshold: MaxWaiting / 2, useSynchronizationContext: false));
    private CancellationTokenSource? _running;
    private volatile PnetException? _dropped;

    /// <summary>The service.</summary>
    public AddressPath Target => target;

    /// <summary>Takes a copy of some bytes at once, and completes when more can be taken.</summary>
    /// <returns>Whether the service still takes some.</returns>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        !(await _input.Writer.WriteAsync(bytes, cancellationToken).ConfigureAwait(false)).IsCompleted;

    /// <summary>Ends the input: the service reads its end.</summary>
    public void End() => _input.Writer.Complete();

    /// <summary>Cuts it, and says why.</summary>
    public void Drop(PnetException why)
    {
        _dropped = why;
        try
        {
            _running?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Opens the channel and carries bytes both ways until the service has ended, or nobody wants more of its output.</summary>
    public async Task<StreamResult<T>> RunAsync<T>(Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _running = running;
        // Whoever reads may block; the caller is to get on with the next one.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await CarryAsync(read, running.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_dropped is not null && !cancellationToken.IsCancellationRequested)
        {
            return new StreamResult<T>(target, default, null, _dropped);
        }
        catch (IOException e)
        {
            // Whatever whoever reads makes of being cancelled.
            cancellationToken.ThrowIfCancellationRequested();
            return new StreamResult<T>(target, default, null, _dropped ?? e as PnetException ?? new PnetException(PnetError.Failed, e.Message, null, e));
        }
        finally
        {
            // Whoever writes is not to wait for it any longer.
            await _input.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task<StreamResult<T>> CarryAsync<T>(Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sent = Task.CompletedTask;
        try
        {
            var channel = await node.OpenAsync(target, cancellationToken).ConfigureAwait(false);
            await using (channel.ConfigureAwait(false))
            {
                sent = SendAsync(channel, sending.Token);
                var output = new TransportStream(channel, FileAccess.Read, leaveOpen: true);
                var result = await read(output, cancellationToken).ConfigureAwait(false);

                // A program that has exited reads no more, and one whose output nobody wants need not; what ended its output only
                // may go on reading.
                if (channel.EndStatus is not null || !output.HasEnded)
                    await sending.CancelAsync().ConfigureAwait(false);
                await sent.ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                return new StreamResult<T>(target, result, channel.EndStatus, null);
            }
        }
        finally
        {
            await sending.CancelAsync().ConfigureAwait(false);
            await sent.ConfigureAwait(false);
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

        await _input.Reader.CompleteAsync().ConfigureAwait(false);
    }
}
