using System.Management.Automation;
using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>A transport whose other end is a script block; the block ends with it.</summary>
internal sealed class ScriptBlockTransport : ITransport
{
    private readonly MemoryTransport _near;
    private readonly BlockRun _run;

    private ScriptBlockTransport(MemoryTransport near, BlockRun run)
    {
        _near = near;
        _run = run;
    }

    /// <inheritdoc/>
    public string Description => _near.Description;

    /// <inheritdoc/>
    public int? EndStatus => _near.EndStatus;

    /// <summary>Starts a block and returns the way to it.</summary>
    public static ScriptBlockTransport Open(BlockSource source, Action<ErrorRecord> report)
    {
        var (near, far) = MemoryTransport.CreatePair(description: source.Description);
        return new ScriptBlockTransport(near, BlockRun.Start(source, far, report));
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _near.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _near.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default) => _near.EndAsync(status, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _near.DisposeAsync().ConfigureAwait(false);
        await _run.DisposeAsync().ConfigureAwait(false);
    }
}
