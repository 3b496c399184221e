using System.Buffers;
using System.Text;

namespace PnetPS.Calls;

/// <summary>Keeps everything and hands it on at the end, as one string or one <c>byte[]</c>; nothing is handed on where nothing came.</summary>
internal sealed class WholeDecoder(bool bytes) : IDecoder
{
    private readonly ArrayBufferWriter<byte> _all = new();

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> bytes, ICollection<object> items) => _all.Write(bytes);

    /// <inheritdoc/>
    public void Finish(ICollection<object> items)
    {
        if (_all.WrittenCount > 0)
            items.Add(bytes ? _all.WrittenSpan.ToArray() : Encoding.UTF8.GetString(_all.WrittenSpan));
    }
}
