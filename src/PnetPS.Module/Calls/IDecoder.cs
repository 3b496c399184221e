namespace PnetPS.Calls;

/// <summary>Makes objects for the pipeline of bytes that arrive in pieces.</summary>
internal interface IDecoder
{
    /// <summary>Takes some bytes and adds what they complete.</summary>
    void Add(ReadOnlySpan<byte> bytes, ICollection<object> items);

    /// <summary>Adds what was left at the end.</summary>
    void Finish(ICollection<object> items);
}
