using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>
/// A transport whose other end is a script block. The block starts with the first use of the transport, so that none runs for
/// a tunnel that doesn't come about, and ends with it; where the other end has exited, once it has read what that sent.
/// </summary>
internal sealed class ScriptBlockTransport : ITransport
{
    // A block that has read everything, or reads no more of it, has this long to finish by itself.
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    private readonly BlockSource _source;
    private readonly BlockPool? _pool;
    private readonly IBlockListener _journal;
    private readonly MemoryTransport _near;
    private readonly ReadCounter _far;
    private readonly Lock _gate = new();
    private BlockRun? _run;
    private bool _exited;
    private bool _disposed;

    /// <param name="source">The block.</param>
    /// <param name="journal">Is told what it says, beside whoever passed it.</param>
    /// <param name="pool">The block's runspaces, where it is run again and again.</param>
    public ScriptBlockTransport(BlockSource source, IBlockListener journal, BlockPool? pool = null)
    {
        _source = source;
        _pool = pool;
        _journal = journal;
        (_near, var far) = MemoryTransport.CreatePair(description: source.Description);
        _far = new ReadCounter(far);
    }

    /// <inheritdoc/>
    public string Description => _near.Description;

    /// <inheritdoc/>
    public int? EndStatus => _near.EndStatus;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Started().ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Started().WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        _exited = status is not null;
        return Started().EndAsync(status, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        BlockRun? run;
        lock (_gate)
        {
            _disposed = true;
            run = _run;
        }

        if (run is not null && _exited)
            await FinishAsync(run).ConfigureAwait(false);
        await _near.DisposeAsync().ConfigureAwait(false);
        if (run is not null)
            await run.DisposeAsync().ConfigureAwait(false);
    }

    private async Task FinishAsync(BlockRun run)
    {
        long before;
        do
        {
            before = _far.Reads;
            await Task.WhenAny(run.Finished, Task.Delay(CloseGrace)).ConfigureAwait(false);
        }
        while (!run.Finished.IsCompleted && _far.Reads != before);
    }

    private MemoryTransport Started()
    {
        if (_run is null)
        {
            lock (_gate)
            {
                if (!_disposed)
                    _run ??= Start();
            }
        }

        return _near;
    }

    private BlockRun Start()
    {
        if (_pool is not null)
            return BlockRun.Start(_source, _pool, _far, _journal);
        using var once = new BlockPool(_source);
        return BlockRun.Start(_source, once, _far, _journal);
    }
}
