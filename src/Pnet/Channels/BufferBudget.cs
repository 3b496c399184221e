namespace Pnet.Channels;

/// <summary>How many bytes peers may make this node hold: on channels, the sum of the credit that they were given.</summary>
/// <param name="limit">The limit in bytes.</param>
/// <param name="parent">A wider budget that is drawn on too.</param>
internal sealed class BufferBudget(long limit, BufferBudget? parent = null)
{
    private long _used;

    /// <summary>Bytes drawn.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>The limits, the narrowest first: <c>64 MiB for one node, 256 MiB in all</c>.</summary>
    public string Describe() => parent is null ? $"{limit >> 20} MiB in all" : $"{limit >> 20} MiB for one node, {parent.Describe()}";

    /// <summary>Draws on the budget where it allows.</summary>
    public bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit && (parent is null || parent.TryReserve(bytes)))
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives back what was drawn.</summary>
    public void Release(long bytes)
    {
        Interlocked.Add(ref _used, -bytes);
        parent?.Release(bytes);
    }
}
