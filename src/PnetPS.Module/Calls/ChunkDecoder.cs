namespace PnetPS.Calls;

/// <summary>Hands bytes on as they came: one <c>byte[]</c> for each piece.</summary>
internal sealed class ChunkDecoder : IDecoder
{
    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> bytes, ICollection<object> items) => items.Add(bytes.ToArray());

    /// <inheritdoc/>
    public void Finish(ICollection<object> items)
    {
    }
}
