using Pnet;
using Pnet.Addressing;
using PnetPS.Hosting;

namespace PnetPS.Arguments;

/// <summary>
/// A node's identity where a cmdlet wants one: an id, the name of a node of this process, or an object that has an id.
/// PowerShell converts to it by itself.
/// </summary>
public sealed class IdentityArgument
{
    private readonly string? _text;

    /// <summary>Takes an id or a name as text; it is read when it is used.</summary>
    public IdentityArgument(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        _text = text;
    }

    /// <summary>The node at the other end of a link.</summary>
    public IdentityArgument(R2Peer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        _text = peer.Id;
    }

    /// <summary>A node that is at hand.</summary>
    public IdentityArgument(R2Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        _text = node.Id;
    }

    /// <summary>A node that has access.</summary>
    public IdentityArgument(R2Access access)
    {
        ArgumentNullException.ThrowIfNull(access);
        _text = access.Id;
    }

    /// <summary>The identity in a key file.</summary>
    public IdentityArgument(R2Identity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        _text = identity.Id;
    }

    /// <summary>What was given.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>The form in which a list of those who are allowed takes it: an id, <c>*</c>, or a name that the node asked knows.</summary>
    /// <exception cref="PnetException">It is a peer whose link isn't up, so that nobody knows who is there.</exception>
    internal string ToAllowed()
    {
        if (_text is null)
            return ToId().ToString();
        return ModuleState.Nodes.FindNamed(_text)?.Id ?? _text;
    }

    /// <summary>Reads the id. A name that a far node gives itself is not one: anybody may call themselves that.</summary>
    /// <exception cref="PnetException">The text is no id and no node of this process has that name, or the link isn't up.</exception>
    internal NodeId ToId()
    {
        if (_text is null)
            throw new PnetException(PnetError.Unreachable, "the link is not up, so that nobody knows who is there", "Wait for it with Wait-R2Peer.");
        if (ModuleState.Nodes.FindNamed(_text) is { } named)
            return NodeId.Parse(named.Id);
        try
        {
            return NodeId.Parse(_text);
        }
        catch (FormatException exception)
        {
            throw new PnetException(
                PnetError.Usage,
                $"{exception.Message}; no node of this process has that name either",
                "Give the whole id, or pipe the peer that you mean from Get-R2Peer.",
                exception);
        }
    }
}
