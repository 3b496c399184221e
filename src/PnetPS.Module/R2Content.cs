using Pnet.Services.Content;

namespace PnetPS;

/// <summary>A content that a node publishes, or one that was fetched.</summary>
public sealed class R2Content
{
    internal R2Content(R2Node node, PublishedContent content)
    {
        (Node, Address, Path, Length, BytesSent) = (node, content.Address, content.Path, content.Length, content.BytesSent);
        PublishedAt = content.PublishedAt.LocalDateTime;
    }

    internal R2Content(R2Node node, ContentFetch fetched)
    {
        (Node, Address, Path, Length) = (node, fetched.Address, fetched.Path, fetched.Length);
        (BytesPresent, Peers) = (fetched.BytesPresent, [.. fetched.Peers]);
    }

    /// <summary>Its address, <c>sha256:…</c>: what it is, wherever it is.</summary>
    public string Address { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>When it was published, local time.</summary>
    public DateTime? PublishedAt { get; }

    /// <summary>Bytes of it that were sent to others.</summary>
    public long BytesSent { get; }

    /// <summary>Bytes of it that an earlier attempt to fetch it had left.</summary>
    public long BytesPresent { get; }

    /// <summary>What each peer gave that it was fetched from.</summary>
    public ContentPeer[] Peers { get; } = [];

    /// <summary>The node that publishes it, or that it was fetched through.</summary>
    public R2Node Node { get; }

    /// <summary>The address.</summary>
    public override string ToString() => Address;
}
