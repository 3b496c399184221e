namespace Pnet.Benchmarks.Throughput;

/// <summary>Plain <c>socat</c>, pipe to TCP to pipe; a second hop is one more <c>socat</c> between two connections.</summary>
internal sealed class SocatContender : Contender
{
    private readonly List<OwnedProcess> _servers = [];

    /// <summary>Starts the far ends.</summary>
    public SocatContender(Scratch scratch, int hops, int blockSize)
        : base($"socat, {blockSize / 1024} KiB blocks")
    {
        string socat = $"socat -b {blockSize}";
        StreamCommand = Chain($"EXEC:\"{Environment.ProcessPath} {FarEnd.Command}\",pipes");
        EchoCommand = Chain("EXEC:cat,pipes");

        string Chain(string far)
        {
            int port = Listen(far);
            for (int hop = 1; hop < hops; hop++)
                port = Listen($"TCP:127.0.0.1:{port},nodelay");
            return $"{socat} - TCP:127.0.0.1:{port},nodelay";
        }

        int Listen(string target)
        {
            int port = Scratch.FreePort();
            _servers.Add(OwnedProcess.Start(scratch, $"exec {socat} TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork,nodelay '{target}'", "socat"));
            return port;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<int> Servers => _servers.Select(server => server.Id);

    /// <inheritdoc/>
    public override string StreamCommand { get; }

    /// <inheritdoc/>
    public override string EchoCommand { get; }

    /// <inheritdoc/>
    public override void Dispose() => _servers.ForEach(server => server.Dispose());
}
