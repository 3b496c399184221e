namespace Pnet.Benchmarks.Throughput;

/// <summary>
/// Daemons in a row, linked over TCP. <c>r2 tunnel … -</c> is the near end, a tunnel process of the last daemon the far end.
/// </summary>
internal sealed class PnetContender : Contender
{
    private const string EchoService = "cat";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly List<OwnedProcess> _daemons = [];

    /// <summary>Starts and links the daemons.</summary>
    /// <param name="name">What the table calls it.</param>
    /// <param name="scratch">Where keys and sockets go.</param>
    /// <param name="hops">The number of links between the first daemon and the last.</param>
    /// <param name="r2">The program.</param>
    public PnetContender(string name, Scratch scratch, int hops, string r2)
        : base(name)
    {
        var ids = new List<string>();
        string firstSocket = "";
        string lastSocket = "";
        int lastPort = 0;
        for (int i = 0; i <= hops; i++)
        {
            string socket = scratch.NewPath("socket");
            int port = Scratch.FreePort();
            string far = i < hops ? "" : $" {Environment.ProcessPath} {FarEnd.Command}";
            var daemon = OwnedProcess.Start(
                scratch,
                $"exec {r2} daemon -q -s {socket} -k {scratch.NewPath("key")} -n node{i} --allow '*' -l tcp://127.0.0.1:{port}{far}",
                "r2d");
            _daemons.Add(daemon);
            ids.Add(daemon.ReadLine(StartTimeout).Split(' ')[2]);
            if (i == 0)
                firstSocket = socket;
            else
                OwnedProcess.Run(scratch, $"{r2} -s {socket} connect -n {ids[i - 1]} tcp://127.0.0.1:{lastPort}");
            (lastSocket, lastPort) = (socket, port);
        }

        OwnedProcess.Run(scratch, $"{r2} -s {lastSocket} serve -n {EchoService} --allow '*' cat");
        StreamCommand = $"{r2} -s {firstSocket} tunnel {string.Join('/', ids.Skip(1))} -";
        EchoCommand = $"{r2} -s {firstSocket} tunnel {string.Join('/', ids.Skip(1))}/service:{EchoService} -";
    }

    /// <inheritdoc/>
    public override IEnumerable<int> Servers => _daemons.Select(daemon => daemon.Id);

    /// <inheritdoc/>
    public override string StreamCommand { get; }

    /// <inheritdoc/>
    public override string EchoCommand { get; }

    /// <inheritdoc/>
    public override void Dispose() => _daemons.ForEach(daemon => daemon.Dispose());
}
