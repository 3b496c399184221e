using Pnet.Transports;

namespace PnetPS.Blocks;

/// <summary>A script block that is run anew for each transport that somebody wants of it.</summary>
/// <param name="source">The block.</param>
/// <param name="journal">Is told what it says, beside whoever passed it.</param>
internal sealed class BlockOpener(BlockSource source, IBlockListener journal) : IDisposable
{
    private readonly BlockPool _pool = new(source);

    /// <summary>Its first words.</summary>
    public string Description => source.Description;

    /// <summary>Gives a transport whose other end it is.</summary>
    public ITransport Open() => new ScriptBlockTransport(source, journal, _pool);

    /// <summary>Lets its runspaces go.</summary>
    public void Dispose() => _pool.Dispose();
}
