using Pnet.Addressing;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks.Calls;

/// <summary>Daemons, which end when this is disposed of.</summary>
internal sealed class DaemonGroup : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly Scratch _scratch;
    private readonly string _r2;
    private readonly string _known;
    private readonly List<OwnedProcess> _daemons = [];

    /// <summary>Makes what they have in common.</summary>
    /// <param name="scratch">Where keys and sockets go.</param>
    /// <param name="r2">The program.</param>
    /// <param name="known">Whether they know each other, as holders of one network key.</param>
    public DaemonGroup(Scratch scratch, string r2, bool known)
    {
        (_scratch, _r2, _known) = (scratch, r2, "");
        if (!known)
            return;
        string key = scratch.NewPath("network.key");
        OwnedProcess.Run(scratch, $"{r2} key network {key}");
        _known = $"--network-key {key}";
    }

    /// <summary>A daemon that runs.</summary>
    /// <param name="Id">Its node.</param>
    /// <param name="Socket">Its manager socket.</param>
    /// <param name="ProcessId">Its process.</param>
    internal sealed record Daemon(NodeId Id, string Socket, int ProcessId);

    /// <summary>What a table calls a build of <c>r2</c>: its directory's name, or that it needs the framework.</summary>
    public static string KindOf(string r2) =>
        Path.GetDirectoryName(r2) == AppContext.BaseDirectory.TrimEnd('/') ? "framework-dependent" : Path.GetFileName(Path.GetDirectoryName(r2)) ?? r2;

    /// <summary>Starts one.</summary>
    /// <param name="name">What it calls itself.</param>
    /// <param name="arguments">What else stands on its command line.</param>
    public Daemon Start(string name, string arguments = "")
    {
        string socket = _scratch.NewPath(name);
        var process = OwnedProcess.Start(_scratch, $"exec {_r2} daemon -q -s {socket} -k {_scratch.NewPath("key")} -n {name} {_known} {arguments}", "r2d");
        _daemons.Add(process);
        return new Daemon(NodeId.Parse(process.ReadLine(StartTimeout).Split(' ')[2]), socket, process.Id);
    }

    /// <inheritdoc/>
    public void Dispose() => Parallel.ForEach(_daemons, daemon => daemon.Dispose());
}
