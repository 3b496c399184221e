using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>A tunnel as the table of tunnels has it. Disposing ends it, and waits for that.</summary>
internal abstract class Tunnel(int id, AddressPath address) : IAttachedTunnel
{
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;

    public int Id => id;

    public abstract Task<int?> Completion { get; }

    public abstract TunnelInfo Info { get; }

    TunnelInfo IAttachedTunnel.Tunnel => Info;

    public abstract ValueTask DisposeAsync();

    /// <summary>What is the same of all kinds.</summary>
    protected TunnelInfo Describe(TunnelKind kind, string transport, TunnelState state) => new()
    {
        Id = id,
        Address = address.ToString(),
        Transport = transport,
        Kind = kind,
        State = state,
        StartedAt = _startedAt,
    };
}
