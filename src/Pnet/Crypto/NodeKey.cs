using System.Security.Cryptography;
using Pnet.Addressing;

namespace Pnet.Crypto;

/// <summary>A node's private key: 32 bytes for X25519. Its public key is the node's <see cref="Id"/>.</summary>
public sealed class NodeKey : IDisposable
{
    /// <summary>Bytes in a private key.</summary>
    public const int Size = X25519.Size;

    // Pinned, so that the collector leaves no copies behind.
    private readonly byte[] _private = GC.AllocateArray<byte>(Size, pinned: true);
    private bool _disposed;

    private NodeKey(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_private);
        Span<byte> id = stackalloc byte[NodeId.Size];
        X25519.GetPublicKey(_private, id);
        Id = new NodeId(id);
    }

    /// <summary>The public key.</summary>
    public NodeId Id { get; }

    /// <summary>Makes a new key from the system's random numbers.</summary>
    /// <exception cref="PnetException">No X25519 library can be loaded.</exception>
    public static NodeKey Generate()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        try
        {
            return new NodeKey(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Takes a key from its bytes.</summary>
    /// <param name="bytes">Exactly <see cref="Size"/> bytes, which are copied.</param>
    /// <exception cref="ArgumentException">There are more or fewer bytes.</exception>
    /// <exception cref="PnetException">No X25519 library can be loaded.</exception>
    public static NodeKey FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size
            ? new NodeKey(bytes)
            : throw new ArgumentException($"A private key has {Size} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>Copies the private key out.</summary>
    /// <param name="destination">Receives <see cref="Size"/> bytes, which the caller is to zero after use.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void Export(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _private.CopyTo(destination);
    }

    /// <summary>Zeroes the private key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_private);
        _disposed = true;
    }

    /// <summary>The public key as text; never the private one.</summary>
    public override string ToString() => $"private key of {Id}";

    /// <summary>Computes the secret shared with a peer.</summary>
    /// <exception cref="PnetException"><see cref="PnetError.Protocol"/>: the peer's key is a point of low order.</exception>
    internal void Agree(ReadOnlySpan<byte> peer, Span<byte> shared)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!X25519.TryAgree(_private, peer, shared))
            throw new PnetException(PnetError.Protocol, "the peer's public key is a point of low order, with which no secret can be shared");
    }
}
