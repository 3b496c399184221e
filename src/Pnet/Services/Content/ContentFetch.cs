namespace Pnet.Services.Content;

/// <summary>A content that was fetched.</summary>
public sealed record ContentFetch
{
    /// <summary>Its address.</summary>
    public required string Address { get; init; }

    /// <summary>The file, in full.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Bytes that an earlier attempt had left, and that were right.</summary>
    public long BytesPresent { get; init; }

    /// <summary>What each peer gave.</summary>
    public IReadOnlyList<ContentPeer> Peers { get; init; } = [];
}
