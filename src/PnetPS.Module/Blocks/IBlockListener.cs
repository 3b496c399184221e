namespace PnetPS.Blocks;

/// <summary>Is told what script blocks say beside their output.</summary>
internal interface IBlockListener
{
    /// <summary>Takes what was said, on the thread of the block, which waits meanwhile.</summary>
    void Hear(BlockRecord said);
}
