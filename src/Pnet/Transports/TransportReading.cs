namespace Pnet.Transports;

/// <summary>Reading from a transport in other ways than as it comes.</summary>
public static class TransportReading
{
    /// <summary>Fills a buffer.</summary>
    /// <exception cref="EndOfStreamException">The other end finished before.</exception>
    public static async ValueTask ReadExactlyAsync(this ITransport transport, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var read = await transport.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                throw new EndOfStreamException($"{transport.Description} ended {buffer.Length} bytes too early");
            buffer = buffer[read..];
        }
    }
}
