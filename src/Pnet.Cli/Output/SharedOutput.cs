using Pnet.Transports;

namespace Pnet.Cli.Output;

/// <summary>Standard output, for several that write to it in turn; none holds a thread while its reader takes no more.</summary>
internal sealed class SharedOutput(ITransport stdio) : IDisposable
{
    // Writing to a pipe that nobody reads: EPIPE.
    private const int BrokenPipe = 32;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Writes some bytes in one piece.</summary>
    /// <exception cref="OutputClosedException">Its reader has gone.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
            return;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await stdio.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (exception.HResult == BrokenPipe)
        {
            throw new OutputClosedException(exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
