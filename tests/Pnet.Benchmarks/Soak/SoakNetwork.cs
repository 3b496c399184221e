using Pnet.Addressing;
using Pnet.Benchmarks.Throughput;
using Pnet.Control;

namespace Pnet.Benchmarks.Soak;

/// <summary>Three daemons in a line, near - relay - far, that are driven over their manager sockets.</summary>
internal sealed class SoakNetwork : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly Scratch _scratch = new();
    private readonly List<OwnedProcess> _programs = [];
    private readonly string _endpoint = $"tcp://127.0.0.1:{Scratch.FreePort()}";
    private NodeId _relay;

    private SoakNetwork()
    {
    }

    /// <summary>What the daemons are called, the near one first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["near", "relay", "far"];

    /// <summary>The daemons' process numbers, the near one first.</summary>
    public IReadOnlyList<int> Daemons => [.. _programs.Select(program => program.Id)];

    /// <summary>The daemons, the near one first.</summary>
    public IReadOnlyList<INodeControl> Nodes { get; private set; } = [];

    /// <summary>The near node.</summary>
    public INodeControl Near { get; private set; } = null!;

    /// <summary>The far node.</summary>
    public INodeControl Far { get; private set; } = null!;

    /// <summary>The way from the near node to the far one.</summary>
    public AddressPath Path { get; private set; } = AddressPath.Self;

    /// <summary>A new path for a file.</summary>
    public string NewPath(string name) => _scratch.NewPath(name);

    /// <summary>Starts them.</summary>
    public static async Task<SoakNetwork> StartAsync(string r2)
    {
        var network = new SoakNetwork();
        try
        {
            await network.OpenAsync(r2).ConfigureAwait(false);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Loses the link between the near node and the relay, and asks for it again.</summary>
    public async Task LoseLinkAsync(CancellationToken cancellationToken)
    {
        await Near.DisconnectAsync(_relay.ToString(), cancellationToken).ConfigureAwait(false);
        await ConnectAsync(Near, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _programs.ForEach(program => program.Dispose());
        _scratch.Dispose();
    }

    private async Task OpenAsync(string r2)
    {
        var shared = Directory.CreateDirectory(_scratch.NewPath("shared")).FullName;
        var (near, _) = Start(r2, "near", "");
        (var relay, _relay) = Start(r2, "relay", $"-l {_endpoint}");
        var (far, id) = Start(r2, "far", "cat");
        Near = await ControlClient.ConnectAsync(near).ConfigureAwait(false);
        Far = await ControlClient.ConnectAsync(far).ConfigureAwait(false);
        Nodes = [Near, await ControlClient.ConnectAsync(relay).ConfigureAwait(false), Far];
        OwnedProcess.Run(_scratch, $"{r2} -s {far} serve --directory {shared} --write");
        await ConnectAsync(Near, default).ConfigureAwait(false);
        await ConnectAsync(Far, default).ConfigureAwait(false);
        Path = AddressPath.Parse($"{_relay}/{id}");
    }

    private Task<PeerInfo> ConnectAsync(INodeControl node, CancellationToken cancellationToken) =>
        node.ConnectAsync(new ConnectRequest { Transport = _endpoint, ExpectedId = _relay }, cancellationToken);

    private (string Socket, NodeId Id) Start(string r2, string name, string arguments)
    {
        var socket = _scratch.NewPath(name);
        // Known to each other by name of nobody: what may be used is open to all, messages and commands included.
        var daemon = OwnedProcess.Start(_scratch, $"exec {r2} daemon -q -s {socket} -k {_scratch.NewPath("key")} -n {name} --network-key {NetworkKey(r2)} {arguments}", "r2d");
        _programs.Add(daemon);
        return (socket, NodeId.Parse(daemon.ReadLine(StartTimeout).Split(' ')[2]));
    }

    private string? _networkKey;

    private string NetworkKey(string r2)
    {
        if (_networkKey is null)
        {
            _networkKey = _scratch.NewPath("network.key");
            OwnedProcess.Run(_scratch, $"{r2} key network {_networkKey}");
        }

        return _networkKey;
    }
}
