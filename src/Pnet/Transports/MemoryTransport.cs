using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Pnet.Transports;

/// <summary>One end of a pair that lives in memory: for nodes in one process, and for tests.</summary>
public sealed class MemoryTransport : ITransport
{
    /// <summary>Bytes that wait in each direction unless said otherwise: 64 KiB.</summary>
    public const int DefaultCapacity = 64 * 1024;

    private readonly Direction _in;
    private readonly Direction _out;

    private MemoryTransport(string description, Direction input, Direction output)
    {
        (Description, _in, _out) = (description, input, output);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public int? EndStatus => _in.ReachedEnd ? _in.Status : null;

    /// <summary>Creates two connected ends.</summary>
    /// <param name="capacity">Bytes that may wait in each direction before its writer has to, 1 or more.</param>
    /// <param name="description">What both ends are called; <c>memory</c> unless said otherwise.</param>
    public static (MemoryTransport A, MemoryTransport B) CreatePair(int capacity = DefaultCapacity, string description = "memory")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var there = new Direction(capacity, description);
        var back = new Direction(capacity, description);
        return (new MemoryTransport(description, back, there), new MemoryTransport(description, there, back));
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _in.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _out.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        _out.End(status);
        return ValueTask.CompletedTask;
    }

    /// <summary>Cuts the pair: both ends fail from now on, and what waits in between is lost.</summary>
    public void Abort()
    {
        _in.Cut(Fate.Aborted, Fate.Aborted);
        _out.Cut(Fate.Aborted, Fate.Aborted);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _in.Cut(reader: Fate.Disposed, writer: Fate.Unread);
        _out.End(null, Fate.Disposed);
        return ValueTask.CompletedTask;
    }

    private enum Fate
    {
        Open,
        Unread,
        Aborted,
        Disposed,
    }

    /// <summary>
    /// A pipe whose two sides can be cut by any thread at any time: what touches the pipe's memory happens under the
    /// lock, what waits happens outside it.
    /// </summary>
    private sealed class Direction
    {
        private readonly Lock _gate = new();
        private readonly Pipe _pipe;
        private readonly int _capacity;
        private readonly string _description;
        private Fate _reader;
        private Fate _writer;
        private bool _ended;

        public Direction(int capacity, string description)
        {
            (_capacity, _description) = (capacity, description);
            _pipe = new Pipe(new PipeOptions(pauseWriterThreshold: capacity, resumeWriterThreshold: (capacity + 1) / 2, minimumSegmentSize: 4096,
                useSynchronizationContext: false));
        }

        public int? Status { get; private set; }

        public bool ReachedEnd { get; private set; }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            while (true)
            {
                ValueTask<ReadResult> wait;
                lock (_gate)
                {
                    ThrowUnlessOpen(_reader);
                    wait = _pipe.Reader.ReadAsync(cancellationToken);
                }

                ReadResult result = await wait.ConfigureAwait(false);
                lock (_gate)
                {
                    ThrowUnlessOpen(_reader);
                    int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
                    bool readable = !result.Buffer.IsEmpty;
                    ReadOnlySequence<byte> bytes = result.Buffer.Slice(0, count);
                    bytes.CopyTo(buffer.Span);

                    // What was not taken counts as not looked at, so that the next read finds it at once. From here on
                    // the pipe may use its memory again.
                    _pipe.Reader.AdvanceTo(bytes.End);
                    ReachedEnd |= result.IsCompleted && !readable;
                    if (readable || ReachedEnd)
                        return count;
                }
            }
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
        {
            while (!buffer.IsEmpty)
            {
                // In pieces: a pipe takes all of one write before it looks at its threshold.
                int size = Math.Min(buffer.Length, _capacity);
                ValueTask<FlushResult> wait;
                lock (_gate)
                {
                    ThrowUnlessOpen(_writer);
                    if (_ended)
                        throw new InvalidOperationException($"{_description}: this direction was ended.");
                    wait = _pipe.Writer.WriteAsync(buffer[..size], cancellationToken);
                }

                await wait.ConfigureAwait(false);
                lock (_gate)
                    ThrowUnlessOpen(_writer);
                buffer = buffer[size..];
            }
        }

        public void End(int? status, Fate writer = Fate.Open)
        {
            lock (_gate)
            {
                if (!_ended && _writer == Fate.Open)
                {
                    _ended = true;
                    Status = status;
                    _pipe.Writer.Complete();
                }

                Cut(Fate.Open, writer);
            }
        }

        public void Cut(Fate reader, Fate writer)
        {
            lock (_gate)
            {
                // A worse fate replaces a better one; disposal is the caller's own doing and always wins.
                _reader = (Fate)Math.Max((int)_reader, (int)reader);
                _writer = (Fate)Math.Max((int)_writer, (int)writer);
            }

            // Wakes whoever waits; they see their fate. The memory goes with the pipe.
            if (reader != Fate.Open)
                _pipe.Reader.CancelPendingRead();
            if (writer != Fate.Open)
                _pipe.Writer.CancelPendingFlush();
        }

        private void ThrowUnlessOpen(Fate fate)
        {
            switch (fate)
            {
                case Fate.Unread:
                    throw new IOException($"{_description}: the other end reads no more.");
                case Fate.Aborted:
                    throw new IOException($"{_description}: the connection was cut.");
                case Fate.Disposed:
                    throw new ObjectDisposedException(_description);
            }
        }
    }
}
