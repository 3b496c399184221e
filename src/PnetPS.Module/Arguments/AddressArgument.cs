using Pnet;
using Pnet.Addressing;

namespace PnetPS.Arguments;

/// <summary>
/// An address where a cmdlet wants one: a path such as <c>bob/carol/service:ssh</c>, a peer, or a node. PowerShell
/// converts to it by itself.
/// </summary>
public sealed class AddressArgument
{
    private readonly string? _text;
    private readonly R2Node? _node;

    /// <summary>Takes a path as text; it is read when it is used.</summary>
    public AddressArgument(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>The node at the other end of a link.</summary>
    public AddressArgument(R2Peer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        Peer = peer;
        _text = peer.Address;
    }

    /// <summary>A node that is at hand, by its id.</summary>
    public AddressArgument(R2Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        _node = node;
        _text = node.Id;
    }

    /// <summary>The link, where one was given.</summary>
    internal R2Peer? Peer { get; }

    /// <summary>What was given.</summary>
    public override string ToString() => _text ?? Peer?.ToString() ?? "";

    /// <summary>What a person calls it: a peer's or a node's name, or the text that was given.</summary>
    internal string DisplayName => Peer?.ToString() ?? _node?.ToString() ?? _text ?? "";

    /// <summary>Reads the address.</summary>
    /// <param name="from">The node it starts from, whose own address is <c>.</c>.</param>
    /// <exception cref="FormatException">The text is no address.</exception>
    /// <exception cref="PnetException">The link isn't up, so that nobody knows who is there.</exception>
    internal AddressPath ToPath(R2Node from)
    {
        if (_node?.Id == from.Id)
            return AddressPath.Self;
        return _text is not null
            ? AddressPath.Parse(_text)
            : throw new PnetException(PnetError.Unreachable, $"the link to {Peer} is not up", "Wait until Get-R2Peer shows it as Up.");
    }
}
