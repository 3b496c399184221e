using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks.Files;

/// <summary>Two daemons for each build of <c>r2</c>, linked over TCP; the second shares a directory.</summary>
internal sealed class FileNodes : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly List<OwnedProcess> _daemons = [];

    /// <summary>Starts and links them.</summary>
    public FileNodes(Scratch scratch, string target, IReadOnlyList<string> builds, bool flush)
    {
        Directory.CreateDirectory(target);
        Contenders = [.. builds.SelectMany((r2, i) => Start(scratch, target, r2, i == 0 ? "r2 cp" : $"r2 cp, {Path.GetFileName(Path.GetDirectoryName(r2))}", flush ? ["", " --fsync"] : [""]))];
    }

    /// <summary>A contender for each build, and one that flushes where that is asked for.</summary>
    public IReadOnlyList<CopyContender> Contenders { get; }

    /// <inheritdoc/>
    public void Dispose() => _daemons.ForEach(daemon => daemon.Dispose());

    private IEnumerable<CopyContender> Start(Scratch scratch, string target, string r2, string name, string[] options)
    {
        string near = scratch.NewPath("near");
        string far = scratch.NewPath("far");
        int port = Scratch.FreePort();
        var (id, farProcess) = Daemon(scratch, $"exec {r2} daemon -q -s {far} -k {scratch.NewPath("key")} -n far --allow '*' -l tcp://127.0.0.1:{port}");
        var (_, nearProcess) = Daemon(scratch, $"exec {r2} daemon -q -s {near} -k {scratch.NewPath("key")} -n near");
        OwnedProcess.Run(scratch, $"{r2} -s {far} serve --directory {target} --write");
        OwnedProcess.Run(scratch, $"{r2} -s {near} connect -n {id} tcp://127.0.0.1:{port}");
        return options.Select(option => new CopyContender(
            name + option,
            (from, to) => $"{r2} -s {near} cp -q{option} {from} far:{Path.GetFileName(to)}/",
            (from, to) => $"{r2} -s {near} cp -q -r{option} {from} far:{Path.GetFileName(to)}/",
            [nearProcess, farProcess]));
    }

    private (string Id, int Process) Daemon(Scratch scratch, string command)
    {
        var daemon = OwnedProcess.Start(scratch, command, "r2d");
        _daemons.Add(daemon);
        return (daemon.ReadLine(StartTimeout).Split(' ')[2], daemon.Id);
    }
}
