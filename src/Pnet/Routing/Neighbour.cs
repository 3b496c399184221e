using Pnet.Addressing;
using Pnet.Channels;
using Pnet.Frames;
using Pnet.Links;

namespace Pnet.Routing;

/// <summary>A node that a link leads to.</summary>
public sealed class Neighbour
{
    private long _lastUsed = Environment.TickCount64;

    internal Neighbour(int number, Link link, AttachOptions options, Func<Neighbour, ChannelSet> channels)
    {
        Number = number;
        Link = link;
        Origin = options;
        Channels = channels(this);
    }

    /// <summary>The link's number at this node, from 1, never used twice.</summary>
    public int Number { get; }

    /// <summary>The link.</summary>
    public Link Link { get; }

    /// <summary>The other node.</summary>
    public NodeId Id => Link.RemoteId;

    /// <summary>The name it gives itself.</summary>
    public string? Name => Link.RemoteHello.Name;

    /// <summary>How the link came about.</summary>
    public AttachOptions Origin { get; }

    /// <summary>The channels of the link.</summary>
    internal ChannelSet Channels { get; }

    /// <summary>How long ago the link was last said to be in use.</summary>
    internal TimeSpan Unused => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _lastUsed));

    /// <summary>Whether the link has ended or is about to: what carries it is gone. No way may lead over it any more.</summary>
    internal bool IsEnding => Link.IsEnding || Link.Transport is Channel { IsOver: true };

    /// <summary>Completes when the link has ended and everybody has been told.</summary>
    internal Task Removal { get; set; } = Task.CompletedTask;

    /// <summary>Opens a channel and waits until it is accepted.</summary>
    /// <exception cref="PnetException">It was refused, or the link ended.</exception>
    public async Task<Channel> OpenAsync(FrameAddress address, CancellationToken cancellationToken)
    {
        var channel = Channels.Open(address);
        await channel.WaitAcceptedAsync(cancellationToken).ConfigureAwait(false);
        return channel;
    }

    /// <summary>Closes the link, and waits until everybody has been told.</summary>
    internal async Task CloseAsync(Reason goodbye)
    {
        await Link.CloseAsync(goodbye).ConfigureAwait(false);
        await Removal.ConfigureAwait(false);
    }

    /// <summary>Says that the link is in use, or about to be.</summary>
    internal void Touch() => Interlocked.Exchange(ref _lastUsed, Environment.TickCount64);

    /// <summary>The name, or else the id.</summary>
    public override string ToString() => Name ?? Id.ToString();
}
