using Pnet.Control;

namespace PnetPS;

/// <summary>A link of a lab.</summary>
public sealed class R2LabLink
{
    internal R2LabLink(R2Lab lab, R2RecipeLink recipe, int number, string transport)
    {
        Lab = lab;
        Recipe = recipe;
        Number = number;
        Transport = transport;
    }

    /// <summary>The node that opens it.</summary>
    public string From => Recipe.From;

    /// <summary>The node it leads to.</summary>
    public string To => Recipe.To;

    /// <summary>Whether it can be used, as of the last look: <c>Get-R2LabLink</c> and <c>Get-R2Lab</c> look again.</summary>
    public R2LabLinkState State { get; internal set; } = R2LabLinkState.Down;

    /// <summary>What carries it, as <see cref="From"/> opens it.</summary>
    public string Transport { get; }

    /// <summary>The lab.</summary>
    public R2Lab Lab { get; }

    /// <summary>What the recipe says of it.</summary>
    internal R2RecipeLink Recipe { get; }

    /// <summary>Its number in the lab, from 0, never used twice.</summary>
    internal int Number { get; }

    /// <summary>As in <c>alice - bob</c>.</summary>
    public override string ToString() => Recipe.ToString();

    /// <summary>Looks whether it is up.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (State == R2LabLinkState.Suspended)
            return;
        var up = Lab.Find(From) is { State: R2NodeState.Running } from
            && Lab.Find(To) is { State: R2NodeState.Running } to
            && await IsUpAsync(from, to, cancellationToken).ConfigureAwait(false);
        if (State != R2LabLinkState.Suspended)
            State = up ? R2LabLinkState.Up : R2LabLinkState.Down;
    }

    /// <summary>The links of a node to another one that are up and go over no router.</summary>
    internal static async Task<IEnumerable<PeerInfo>> FindAsync(R2Node at, R2Node other, CancellationToken cancellationToken)
    {
        var peers = await at.Control.GetPeersAsync(cancellationToken).ConfigureAwait(false);
        return peers.Where(peer => peer.State == LinkState.Up && peer.Via is null && peer.Id?.ToString() == other.Id);
    }

    private static async Task<bool> IsUpAsync(R2Node from, R2Node to, CancellationToken cancellationToken)
    {
        try
        {
            return (await FindAsync(from, to, cancellationToken).ConfigureAwait(false)).Any();
        }
        catch (IOException)
        {
            // The node has gone, and its links with it.
            return false;
        }
    }
}
