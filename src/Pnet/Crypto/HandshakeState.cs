using System.Security.Cryptography;
using Pnet.Addressing;

namespace Pnet.Crypto;

/// <summary>
/// One end of a Noise handshake (revision 34 section 5.3): Noise_XX_25519_ChaChaPoly_SHA256, or XXpsk3 with a network key.
/// Messages alternate, the initiator's first; a failure ends the handshake for good.
/// </summary>
/// <remarks>
/// The payload of the first message can be read by anyone; that of the second goes to whoever sent the first; only what
/// comes with the third is between two proven ends. The initiator knows <see cref="RemoteId"/> before it sends the third,
/// which carries its own id. With XXpsk3 only the responder learns in the handshake itself that the network keys differ;
/// the initiator's first transport message then fails.
/// </remarks>
internal sealed class HandshakeState : IDisposable
{
    /// <summary>Bytes in the longest message (section 3).</summary>
    internal const int MaxMessageSize = 65535;

    private const int KeySize = X25519.Size;

    private readonly HandshakePattern _pattern;
    private readonly bool _initiator;
    private readonly SymmetricState _symmetric;
    private readonly NodeKey _static;
    private readonly NetworkKey? _psk;
    private readonly NodeKey _ephemeral;
    private readonly byte[] _remoteEphemeral = new byte[KeySize];
    private readonly byte[] _remoteStatic = new byte[KeySize];
    private bool _hasRemoteStatic;
    private int _next;
    private bool _ended;

    /// <summary>Starts a handshake.</summary>
    /// <param name="initiator">Whether this end sends the first message.</param>
    /// <param name="prologue">What both ends must have seen alike before.</param>
    /// <param name="staticKey">This end's key, which stays the caller's.</param>
    /// <param name="psk">The network key, which stays the caller's; <see langword="null"/> where the network has none.</param>
    /// <param name="fixedEphemeral">For tests: the ephemeral key, which is disposed of with the handshake.</param>
    internal HandshakeState(bool initiator, ReadOnlySpan<byte> prologue, NodeKey staticKey, NetworkKey? psk, NodeKey? fixedEphemeral = null)
        : this(psk is null ? HandshakePattern.XX : HandshakePattern.XXpsk3, initiator, prologue, staticKey, psk, null, fixedEphemeral)
    {
    }

    /// <summary>Starts a handshake of any pattern.</summary>
    internal HandshakeState(
        HandshakePattern pattern, bool initiator, ReadOnlySpan<byte> prologue, NodeKey staticKey, NetworkKey? psk, NodeId? responder, NodeKey? fixedEphemeral)
    {
        _pattern = pattern;
        _initiator = initiator;
        _static = staticKey;
        _psk = psk;
        _symmetric = new SymmetricState(pattern.ProtocolName);
        _symmetric.MixHash(prologue);
        if (pattern.KnowsResponder)
            MixResponder(responder);
        _ephemeral = fixedEphemeral ?? NodeKey.Generate();
    }

    /// <summary>Whether all messages have been exchanged.</summary>
    internal bool IsFinished => _next == _pattern.Messages.Length;

    /// <summary>Whether this end is to send the next message (and not to receive it).</summary>
    internal bool IsWriting => !IsFinished && _next % 2 == 0 == _initiator;

    /// <summary>The other end's key: shown in the message just read, proven once that message was accepted.</summary>
    /// <exception cref="InvalidOperationException">The other end hasn't shown it yet.</exception>
    internal NodeId RemoteId =>
        _hasRemoteStatic ? new NodeId(_remoteStatic) : throw new InvalidOperationException("The peer's key isn't known yet.");

    /// <summary>A hash of the whole handshake, the same at both ends and in no other handshake (section 11.2).</summary>
    /// <exception cref="InvalidOperationException">The handshake isn't finished.</exception>
    internal ReadOnlySpan<byte> HandshakeHash
    {
        get
        {
            RequireFinished();
            return _symmetric.Hash;
        }
    }

    /// <summary>The bytes that the next message has beyond its payload; 0 when the handshake is finished.</summary>
    internal int Overhead
    {
        get
        {
            if (IsFinished)
                return 0;

            var (size, tag) = (0, _symmetric.Overhead);
            foreach (var token in _pattern.Messages[_next])
            {
                size += token switch { HandshakeToken.E => KeySize, HandshakeToken.S => KeySize + tag, _ => 0 };
                if (token is not (HandshakeToken.S or HandshakeToken.E) || (token is HandshakeToken.E && _pattern.UsesPsk))
                    tag = CipherState.TagSize;
            }

            return size + tag;
        }
    }

    /// <summary>Writes the next message.</summary>
    /// <returns>Its length: <see cref="Overhead"/> more than the payload's.</returns>
    /// <exception cref="ArgumentException"><paramref name="message"/> is too short, or the message would be too long.</exception>
    /// <exception cref="InvalidOperationException">It isn't this end's turn, or the handshake failed.</exception>
    /// <exception cref="PnetException"><see cref="PnetError.Protocol"/>: the peer's key can't be used.</exception>
    internal int WriteMessage(ReadOnlySpan<byte> payload, Span<byte> message)
    {
        RequireTurn(writing: true);
        var length = payload.Length + Overhead;
        if (length > MaxMessageSize)
            throw new ArgumentException($"A handshake message has at most {MaxMessageSize} bytes, not {length}.", nameof(payload));
        if (message.Length < length)
            throw new ArgumentException($"{length} bytes are needed, not {message.Length}.", nameof(message));

        _ended = true; // Unless all goes well: half a step can't be taken again.
        var rest = message;
        foreach (var token in _pattern.Messages[_next])
        {
            if (token is HandshakeToken.E)
                rest = rest[WriteEphemeral(rest)..];
            else if (token is HandshakeToken.S)
                rest = rest[WriteStatic(rest)..];
            else
                Mix(token);
        }

        _symmetric.EncryptAndHash(payload, rest);
        Advance();
        return length;
    }

    /// <summary>Reads the next message.</summary>
    /// <param name="message">The message, no longer and no shorter than it was written.</param>
    /// <param name="payload">Receives <see cref="Overhead"/> bytes fewer.</param>
    /// <returns>The payload's length.</returns>
    /// <exception cref="ArgumentException"><paramref name="payload"/> is too short.</exception>
    /// <exception cref="InvalidOperationException">It is this end's turn to write, or the handshake failed.</exception>
    /// <exception cref="PnetException">
    /// <see cref="PnetError.Protocol"/>: the message isn't what the peer wrote, or not for this handshake.
    /// <see cref="PnetError.NetworkKeyMismatch"/>: all is well but for the network key.
    /// </exception>
    internal int ReadMessage(ReadOnlySpan<byte> message, Span<byte> payload)
    {
        RequireTurn(writing: false);
        var length = message.Length - Overhead;
        if (length >= 0 && payload.Length < length)
            throw new ArgumentException($"{length} bytes are needed, not {payload.Length}.", nameof(payload));

        _ended = true;
        if (length < 0 || message.Length > MaxMessageSize)
            throw Broken($"has {message.Length} bytes, not {Overhead} to {MaxMessageSize}");

        var rest = message;
        var psk = false;
        foreach (var token in _pattern.Messages[_next])
        {
            if (token is HandshakeToken.E)
                rest = rest[ReadEphemeral(rest)..];
            else if (token is HandshakeToken.S)
                rest = rest[ReadStatic(rest)..];
            else
                Mix(token);
            psk |= token is HandshakeToken.Psk;
        }

        if (!_symmetric.TryDecryptAndHash(rest, payload))
            throw psk ? OtherNetwork() : Broken("is not authentic");

        Advance();
        return length;
    }

    /// <summary>Gives the keys of the transport phase. Once; dispose of the handshake then.</summary>
    /// <exception cref="InvalidOperationException">The handshake isn't finished, or this was done.</exception>
    internal (CipherState Send, CipherState Receive) Split()
    {
        RequireFinished();
        ObjectDisposedException.ThrowIf(_ended, this);
        _ended = true;
        var (first, second) = _symmetric.Split();
        return _initiator ? (first, second) : (second, first);
    }

    /// <summary>Zeroes the ephemeral key and all that was derived; what <see cref="Split"/> gave stays.</summary>
    public void Dispose()
    {
        _ended = true;
        _ephemeral.Dispose();
        _symmetric.Dispose();
    }

    private static PnetException OtherNetwork() => new(
        PnetError.NetworkKeyMismatch, "the peer's network key is another one", "Give both nodes the same network key.");

    private int WriteEphemeral(Span<byte> destination)
    {
        var key = destination[..KeySize];
        _ephemeral.Id.CopyTo(key);
        MixEphemeral(key);
        return KeySize;
    }

    private int ReadEphemeral(ReadOnlySpan<byte> source)
    {
        source[..KeySize].CopyTo(_remoteEphemeral);
        MixEphemeral(_remoteEphemeral);
        return KeySize;
    }

    private void MixEphemeral(ReadOnlySpan<byte> key)
    {
        _symmetric.MixHash(key);
        if (_pattern.UsesPsk)
            _symmetric.MixKey(key);
    }

    private int WriteStatic(Span<byte> destination)
    {
        Span<byte> key = stackalloc byte[KeySize];
        _static.Id.CopyTo(key);
        return _symmetric.EncryptAndHash(key, destination);
    }

    private int ReadStatic(ReadOnlySpan<byte> source)
    {
        var length = KeySize + _symmetric.Overhead;
        if (!_symmetric.TryDecryptAndHash(source[..length], _remoteStatic))
            throw Broken("is not authentic");

        _hasRemoteStatic = true;
        return length;
    }

    private void MixResponder(NodeId? responder)
    {
        var id = _initiator ? responder ?? throw new ArgumentNullException(nameof(responder)) : _static.Id;
        Span<byte> key = stackalloc byte[KeySize];
        id.CopyTo(key);
        _symmetric.MixHash(key);
        if (_initiator)
        {
            key.CopyTo(_remoteStatic);
            _hasRemoteStatic = true;
        }
    }

    private void Mix(HandshakeToken token)
    {
        Span<byte> secret = stackalloc byte[KeySize];
        if (token is HandshakeToken.Psk)
        {
            _psk!.Export(secret);
            _symmetric.MixKeyAndHash(secret);
        }
        else
        {
            Agree(token, secret);
            _symmetric.MixKey(secret);
        }

        CryptographicOperations.ZeroMemory(secret);
    }

    private void Agree(HandshakeToken token, Span<byte> secret)
    {
        // The initiator's key is named first.
        var (own, remote) = token switch
        {
            HandshakeToken.EE => (_ephemeral, _remoteEphemeral),
            HandshakeToken.SS => (_static, _remoteStatic),
            HandshakeToken.ES => _initiator ? (_ephemeral, _remoteStatic) : (_static, _remoteEphemeral),
            _ => _initiator ? (_static, _remoteEphemeral) : (_ephemeral, _remoteStatic),
        };
        own.Agree(remote, secret);
    }

    private void Advance()
    {
        _next++;
        _ended = false;
    }

    private void RequireTurn(bool writing)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        if (IsFinished || IsWriting != writing)
            throw new InvalidOperationException(IsFinished ? "The handshake is finished." : "It is the other end's turn.");
    }

    private void RequireFinished()
    {
        if (!IsFinished)
            throw new InvalidOperationException("The handshake isn't finished.");
    }

    private PnetException Broken(string how) => new(PnetError.Protocol, $"handshake message {_next + 1} {how}");
}
