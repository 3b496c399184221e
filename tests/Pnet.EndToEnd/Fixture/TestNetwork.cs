namespace Pnet.EndToEnd.Fixture;

/// <summary>
/// Daemons and other programs of one test, in a directory of their own. At the end all daemons are stopped and must leave in good
/// order; every other program that still runs is ended.
/// </summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    private const string Memory = "/dev/shm";

    private readonly List<Daemon> _daemons = [];
    private readonly List<Running> _programs = [];

    /// <summary>Makes its directory.</summary>
    /// <param name="roomInMemory">The bytes that its files take where they are to be in memory, if there is so much room: very many of them are made far quicker there.</param>
    public TestNetwork(long roomInMemory = 0) => Directory = roomInMemory > 0 && System.IO.Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > roomInMemory
        ? System.IO.Directory.CreateDirectory($"{Memory}/r2-{Guid.NewGuid().ToString("N")[..8]}").FullName
        : System.IO.Directory.CreateTempSubdirectory("r2-").FullName;

    /// <summary>Where its files are; short, because of the sockets in it.</summary>
    public string Directory { get; }

    /// <summary>Marks the processes of this test.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N");

    /// <summary>What programs get in their environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => EnvironmentWith();

    public string PathOf(string file) => Path.Combine(Directory, file);

    /// <summary>The environment of programs, with further variables.</summary>
    public Dictionary<string, string> EnvironmentWith(params ReadOnlySpan<(string Name, string Value)> variables)
    {
        var environment = new Dictionary<string, string> { [ProcessTable.Variable] = Mark, ["HOME"] = Directory, ["XDG_RUNTIME_DIR"] = Directory };
        foreach (var (name, value) in variables)
            environment[name] = value;
        return environment;
    }

    /// <summary>Starts a daemon.</summary>
    public Task<Daemon> DaemonAsync(string name, params string[] arguments) => DaemonUnderAsync([], name, arguments);

    /// <summary>Starts a daemon in a network namespace.</summary>
    public Task<Daemon> DaemonInAsync(string netns, string name, params string[] arguments) => DaemonUnderAsync(["ip", "netns", "exec", netns], name, arguments);

    /// <summary>Starts a daemon by another program, which it takes the place of.</summary>
    public async Task<Daemon> DaemonUnderAsync(IReadOnlyList<string> before, string name, params string[] arguments)
    {
        var daemon = await Daemon.StartAsync(this, name, arguments, before);
        _daemons.Add(daemon);
        return daemon;
    }

    /// <summary>Two daemons, <c>a</c> linked to <c>b</c> over TCP, where anyone may use b's tunnel process.</summary>
    public async Task<(Daemon A, Daemon B)> PairAsync(params string[] tunnelProcess)
    {
        Daemon a = await DaemonAsync("a");
        Daemon b = await DaemonAsync("b", ["--allow", "*", .. tunnelProcess]);
        await LinkAsync(a, b);
        return (a, b);
    }

    /// <summary>Links one daemon to another over TCP; both know of it when this returns.</summary>
    public static async Task LinkAsync(Daemon from, Daemon to)
    {
        await from.ConnectAsync($"tcp://{await to.ListenAsync()}");
        await to.UntilLinkedToAsync(from);
    }

    /// <summary>Starts a program to run beside the test.</summary>
    public Running Start(string program, params IReadOnlyList<string> arguments) => Start(program, arguments, Environment);

    /// <summary>Starts a program to run beside the test.</summary>
    public Running Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, bool readOutput = true)
    {
        var running = Running.Start(program, arguments, environment, readOutput);
        _programs.Add(running);
        return running;
    }

    /// <summary>Starts a program to run beside the test, its standard output left to the test.</summary>
    public Running StartWithStreams(string program, params IReadOnlyList<string> arguments) => Start(program, arguments, Environment, readOutput: false);

    /// <summary>Runs a program to its end.</summary>
    public Task<Finished> RunAsync(string program, params IReadOnlyList<string> arguments) => Shell.RunAsync(program, arguments, Environment);

    /// <summary>Runs a line in a shell, to its end.</summary>
    public Task<Finished> ShAsync(string line, TimeSpan? limit = null, params ReadOnlySpan<(string Name, string Value)> variables) =>
        Shell.RunAsync("/bin/sh", ["-c", line], EnvironmentWith(variables), limit: limit);

    /// <summary>Starts <c>socat</c> as a listener at a free TCP port, and returns that port once it listens.</summary>
    /// <param name="options">What comes after <c>tcp-l:PORT</c>, with its comma.</param>
    /// <param name="other">The address it joins accepted connections to.</param>
    /// <param name="environment">The environment of what it starts.</param>
    public async Task<int> SocatListenerAsync(string options, string other, IReadOnlyDictionary<string, string> environment)
    {
        const int Attempts = 5;
        for (int attempt = 1; ; attempt++)
        {
            int port = Ports.Free();
            var socat = Start("socat", ["-d", "-d", $"tcp-l:{port},bind=127.0.0.1{options}", other], environment);
            try
            {
                await socat.LineAsync("listening on");
                return port;
            }
            catch (InvalidOperationException) when (attempt < Attempts)
            {
                // Another program was quicker at that port.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        var failures = new List<Exception>();
        foreach (Daemon daemon in _daemons)
        {
            try
            {
                await daemon.DisposeAsync();
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }

        foreach (Running program in _programs)
            await program.DisposeAsync();
        ProcessTable.EndMarked(Mark);
        System.IO.Directory.Delete(Directory, recursive: true);
        if (failures.Count > 0)
            throw new AggregateException("daemons did not leave in good order", failures);
    }
}
