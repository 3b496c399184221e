namespace Pnet.Services.Content;

/// <summary>A file that a node publishes.</summary>
public sealed record PublishedContent
{
    /// <summary>The content's address, as <c>sha256:…</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The file, in full.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>When it was published.</summary>
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>Bytes of it that were sent to others.</summary>
    public long BytesSent { get; init; }
}
