namespace Pnet.Services.Content;

/// <summary>What a peer gave of a content.</summary>
/// <param name="Address">Where it was asked.</param>
/// <param name="Bytes">Bytes of the content that came from it and were right.</param>
/// <param name="Error">Why it was asked no more, where that was before the end.</param>
public sealed record ContentPeer(string Address, long Bytes, string? Error);
