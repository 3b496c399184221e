namespace Pnet.Channels;

/// <summary>Limits of the channels of one link.</summary>
public sealed record ChannelOptions
{
    /// <summary>Channels open at a time. The default is 1,024.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>Bytes that one link's channels may hold together. The default is 96 MiB.</summary>
    public long MaxBufferedPerLink { get; init; } = 96L << 20;

    /// <summary>How long a channel may take to be accepted. The default is 15 seconds.</summary>
    public TimeSpan AcceptTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
