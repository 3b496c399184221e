using System.Text.Json;
using Pnet.Addressing;
using Pnet.Control;

namespace Pnet.EndToEnd.Fixture;

/// <summary>A running <c>r2d</c>, and <c>r2</c> to drive it.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private readonly TestNetwork _network;
    private readonly string _mark;
    private readonly Running _process;
    private bool _ended;

    private Daemon(TestNetwork network, string name, string mark, Running process)
    {
        _network = network;
        Name = name;
        _mark = mark;
        _process = process;
    }

    public string Name { get; }

    public int ProcessId => _process.Id;

    /// <summary>Its id, from the line that it starts with.</summary>
    public string Id { get; private set; } = "";

    public string SocketPath => _network.PathOf($"{Name}.sock");

    public string KeyPath => _network.PathOf($"{Name}.key");

    /// <summary>What it has written to standard output and error.</summary>
    public string Log => _process.Text;

    /// <summary>Starts one with its socket and key in the network's directory, and waits until it answers.</summary>
    /// <param name="network">The network that it is of.</param>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">What it is started with beside those.</param>
    /// <param name="before">The program that starts it, with its arguments; none starts it as it is.</param>
    public static async Task<Daemon> StartAsync(TestNetwork network, string name, IReadOnlyList<string> arguments, IReadOnlyList<string> before)
    {
        string mark = $"{network.Mark}.{name}.{Guid.NewGuid():N}";
        var environment = network.EnvironmentWith((ProcessTable.Variable, mark));
        string[] command = [.. before, before.Count == 0 ? Executables.Daemon : "r2d", "-s", network.PathOf($"{name}.sock"), "-k", network.PathOf($"{name}.key"), "-n", name, .. arguments];
        var process = Running.Start(command[0], command[1..], environment);
        var daemon = new Daemon(network, name, mark, process);
        try
        {
            string line = await process.LineAsync("r2d: node ");
            daemon.Id = line.Split(' ')[2];
            return daemon;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>r2</c> with this daemon.</summary>
    public Task<Finished> R2Async(params string[] arguments) => R2Async(ReadOnlyMemory<byte>.Empty, arguments);

    /// <summary>Runs <c>r2</c> with this daemon and something on standard input.</summary>
    public Task<Finished> R2Async(ReadOnlyMemory<byte> input, params string[] arguments) =>
        Shell.RunAsync(Executables.Manager, ["-s", SocketPath, .. arguments], _network.Environment, input);

    /// <summary>Starts <c>r2</c> with this daemon, to run beside the test.</summary>
    public Running StartR2(params string[] arguments) => _network.Start(Executables.Manager, ["-s", SocketPath, .. arguments]);

    /// <summary>Starts <c>r2</c> with this daemon, its standard output left to the test.</summary>
    public Running StartR2WithStreams(params string[] arguments) => _network.StartWithStreams(Executables.Manager, ["-s", SocketPath, .. arguments]);

    /// <summary>Runs <c>r2 … --json</c> and reads the answer.</summary>
    public async Task<JsonElement> AskAsync(params string[] arguments) =>
        JsonDocument.Parse((await R2Async([.. arguments, "--json"])).Succeeds().Output).RootElement;

    /// <summary>Has it accept links at a free TCP port of this machine, and returns that as <c>host:port</c>.</summary>
    public async Task<string> ListenAsync(string host = "127.0.0.1") =>
        (await WithControlAsync(control => control.AddListenerAsync($"tcp://{host}:0"))).Endpoint["tcp://".Length..];

    /// <summary>Links it over a transport, and keeps it linked.</summary>
    public Task ConnectAsync(string transport) => WithControlAsync(control => control.ConnectAsync(new ConnectRequest { Transport = transport }));

    /// <summary>Has it offer a program as a service.</summary>
    public Task ServeAsync(string name, string commandLine) =>
        WithControlAsync(control => control.AddServiceAsync(new ServiceRequest { Name = name, Transport = commandLine }));

    /// <summary>Has it trust another node.</summary>
    public Task TrustAsync(Daemon other) => WithControlAsync(control => control.GrantAccessAsync(new AccessEntry { Id = NodeId.Parse(other.Id) }));

    /// <summary>The links that are up.</summary>
    public async Task<IReadOnlyList<PeerInfo>> UpAsync() =>
        [.. (await WithControlAsync(control => control.GetPeersAsync())).Where(p => p.State == LinkState.Up)];

    /// <summary>Waits until a link to another daemon is up.</summary>
    public Task UntilLinkedToAsync(Daemon other, TimeSpan? limit = null) =>
        Bounded.UntilAsync($"{Name}'s link to {other.Name}", async () => (await UpAsync()).Any(p => p.Name == other.Name), limit, () => $"{Name}: {Log}\n{other.Name}: {other.Log}");

    /// <summary>Waits until no link to another daemon is up.</summary>
    public Task UntilPartedFromAsync(Daemon other, TimeSpan? limit = null) =>
        Bounded.UntilAsync($"the end of {Name}'s link to {other.Name}", async () => (await UpAsync()).All(p => p.Name != other.Name), limit, () => Log);

    /// <summary>Waits until no tunnel is open through it.</summary>
    public Task UntilWithoutTunnelsAsync() => Bounded.UntilAsync(
        $"{Name}'s tunnels to end", async () => (await WithControlAsync(control => control.GetTunnelsAsync())).All(t => t.State != TunnelState.Open));

    /// <summary>Waits until no process runs that it has started.</summary>
    public Task UntilWithoutChildrenAsync(TimeSpan? limit = null) => Bounded.UntilAsync(
        $"{Name}'s children to end", () => Children().Count == 0, limit, () => string.Join(", ", Children().Select(ProcessTable.CommandLine)));

    /// <summary>Asks it through the library: quicker than <c>r2</c> for what the test itself wants to know.</summary>
    public async Task<T> WithControlAsync<T>(Func<INodeControl, Task<T>> ask)
    {
        await using var control = await ControlClient.ConnectAsync(SocketPath);
        return await ask(control);
    }

    /// <summary>Waits for a line on standard output or error, after those that were waited for before.</summary>
    public Task<string> LogLineAsync(string containing, TimeSpan? limit = null) => _process.LineAsync(containing, limit);

    public void Signal(int signal) => _process.Signal(signal);

    /// <summary>Ends it with SIGTERM, unless another signal is given, and checks that it leaves in good order: exit code 0, no process, no socket.</summary>
    public async Task StopAsync(int signal = Signals.Terminate)
    {
        if (_ended)
            return;
        _ended = true;
        _process.Signal(signal);
        int code = await _process.ExitAsync();
        IReadOnlyList<int> left = ProcessTable.Marked(_mark);
        string what = string.Join(", ", left.Select(id => $"{id} {ProcessTable.CommandLine(id)}"));
        bool socket = File.Exists(SocketPath);
        await CloseAsync();
        Assert.True(code == 0, $"{Name} exited with {code}: {Log}");
        Assert.True(left.Count == 0, $"{Name} left behind: {what}");
        Assert.False(socket, $"{Name} left its socket");
    }

    /// <summary>Waits until it has exited by itself, and returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        _ended = true;
        return await _process.ExitAsync();
    }

    /// <summary>Ends it with SIGKILL; its socket file stays.</summary>
    public async Task KillAsync()
    {
        _ended = true;
        _process.Signal(Signals.Kill);
        await _process.ExitAsync();
    }

    /// <summary>The processes that it has started, directly or not, and that still run.</summary>
    public IReadOnlyList<int> Children() => [.. ProcessTable.Marked(_mark).Where(id => id != ProcessId)];

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        await _process.DisposeAsync();
        ProcessTable.EndMarked(_mark);
    }
}
