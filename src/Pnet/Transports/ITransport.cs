namespace Pnet.Transports;

/// <summary>
/// A duplex of bytes, or of datagrams: all that a link needs to know of what carries it.
/// </summary>
/// <remarks>
/// <para>One reader and one writer may work at the same time; two readers or two writers may not.
/// Continuations may run on the thread that polls for I/O: a caller that blocks hops off it first.</para>
/// <para>A transport knows nothing of nodes. Child processes, sockets, stdio, a far node's channel
/// and a PowerShell script block are all this one shape.</para>
/// </remarks>
public interface ITransport : IAsyncDisposable
{
    /// <summary>What a person would recognise it by: <c>tcp://127.0.0.1:4711</c>, <c>socat tcp:host:1 -</c>.</summary>
    string Description { get; }

    /// <summary>
    /// The largest datagram in bytes when every write is one datagram and every read returns one,
    /// or <see langword="null"/> for a stream of bytes.
    /// </summary>
    int? DatagramSize => null;

    /// <summary>
    /// The status the other end finished with, once <see cref="ReadAsync"/> has returned 0:
    /// a process's exit code (128 + n for signal n), or <see langword="null"/> where there is none.
    /// </summary>
    int? EndStatus => null;

    /// <summary>Reads some bytes.</summary>
    /// <param name="buffer">
    /// Where they go. An empty buffer reads nothing: the call completes with 0 as soon as bytes, or the end, can be read,
    /// so that an idle reader holds no memory.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the transport stays usable.</param>
    /// <returns>The number of bytes read; 0 for a buffer that isn't empty means that the other end has ended its direction.</returns>
    /// <exception cref="IOException">The transport failed.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Writes all of <paramref name="buffer"/>, waiting while the other end can take no more.</summary>
    /// <exception cref="IOException">The transport failed, or the other end reads no more.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Ends this end's direction (half-close): the other end reads 0. Reading goes on.</summary>
    /// <param name="status">An exit status to pass on where the transport can carry one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default);
}
