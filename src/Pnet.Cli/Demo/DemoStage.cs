using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Pnet.Cli.Output;

namespace Pnet.Cli.Demo;

/// <summary>Runs what the demo shows, in a directory of its own, and leaves nothing of it behind.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("r2-demo-").FullName;
    private readonly Printer _printer;
    private readonly List<Process> _nodes = [];
    private readonly List<Process> _programs = [];
    private readonly CancellationToken _cancelled;

    /// <summary>Sets it up.</summary>
    /// <param name="printer">Where it is shown.</param>
    /// <param name="cancelled">Ends the demo early.</param>
    public DemoStage(Printer printer, CancellationToken cancelled)
    {
        _printer = printer;
        _cancelled = cancelled;
    }

    /// <summary>Says what comes next.</summary>
    public void Say(string text)
    {
        _printer.Line("");
        _printer.Line(_printer.Paint($"# {text}", Colour.Dim));
        _printer.Flush();
    }

    /// <summary>Whether a program is on the search path.</summary>
    public static bool Has(string program)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            if (folder.Length > 0 && File.Exists(Path.Combine(folder, program)))
                return true;
        }

        return false;
    }

    /// <summary>Starts a daemon and waits for its line.</summary>
    /// <returns>The node's id.</returns>
    public async Task<string> StartNodeAsync(string node, string command)
    {
        Process process = Launch(node, command, " &");
        _nodes.Add(process);
        string line = await process.StandardOutput.ReadLineAsync(_cancelled).AsTask().WaitAsync(Limit, _cancelled).ConfigureAwait(false)
            ?? throw await FailedAsync(process, command).ConfigureAwait(false);
        Show(line);
        _ = process.StandardOutput.ReadToEndAsync(_cancelled);
        _ = process.StandardError.ReadToEndAsync(_cancelled);
        return line.Split(' ')[2];
    }

    /// <summary>Starts a program that runs beside the rest.</summary>
    public void Start(string node, string command)
    {
        Process process = Launch(node, command, " &");
        _programs.Add(process);
        _ = process.StandardOutput.ReadToEndAsync(_cancelled);
        _ = process.StandardError.ReadToEndAsync(_cancelled);
    }

    /// <summary>Runs a command to its end and shows what it says.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public async Task<string> RunAsync(string node, string command)
    {
        using Process process = Launch(node, command, "");
        Task<string> errors = process.StandardError.ReadToEndAsync(_cancelled);
        string output = await process.StandardOutput.ReadToEndAsync(_cancelled).WaitAsync(Limit, _cancelled).ConfigureAwait(false);
        Show(output);
        await process.WaitForExitAsync(_cancelled).ConfigureAwait(false);
        return process.ExitCode == ExitCode.Ok
            ? output
            : throw new PnetException(PnetError.Failed, $"\"{command}\" failed: {(await errors.ConfigureAwait(false)).Trim()}");
    }

    /// <summary>Waits until a program accepts connections at a port.</summary>
    public async Task UntilListeningAsync(int port)
    {
        var clock = Stopwatch.StartNew();
        while (!IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Contains(new IPEndPoint(IPAddress.Loopback, port)))
        {
            if (clock.Elapsed > Limit)
                throw new PnetException(PnetError.TimedOut, $"nothing listens at port {port}");
            await Task.Delay(Pause, _cancelled).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the nodes have been stopped, and checks that they left in good order.</summary>
    public async Task EndedAsync()
    {
        foreach (Process node in _nodes)
        {
            await node.WaitForExitAsync(_cancelled).WaitAsync(Limit, _cancelled).ConfigureAwait(false);
            if (node.ExitCode != ExitCode.Ok)
                throw new PnetException(PnetError.Failed, $"a node exited with {node.ExitCode}");
        }

        string[] sockets = Directory.GetFiles(_directory, "*.sock");
        if (sockets.Length > 0)
            throw new PnetException(PnetError.Failed, $"a node left {sockets[0]}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Process process in (IEnumerable<Process>)[.. _programs, .. _nodes])
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            process.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<PnetException> FailedAsync(Process process, string command)
    {
        string error = await process.StandardError.ReadToEndAsync(CancellationToken.None).ConfigureAwait(false);
        return new PnetException(PnetError.Failed, $"\"{command}\" failed: {error.Trim()}");
    }

    private Process Launch(string node, string command, string suffix)
    {
        _printer.Line($"{_printer.Paint($"{node}$", Colour.Green)} {_printer.Paint(command + suffix, Colour.Bold)}");
        _printer.Flush();
        var start = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = _directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        // A program that runs beside the rest takes the shell's place, so that ending it ends it.
        start.ArgumentList.Add(suffix.Length > 0 ? $"exec {command}" : command);
        start.Environment["PNET_SOCKET_PATH"] = Path.Combine(_directory, $"{node}.sock");
        start.Environment["PATH"] = $"{AppContext.BaseDirectory.TrimEnd('/')}:{Environment.GetEnvironmentVariable("PATH")}";
        Process process = Process.Start(start) ?? throw new PnetException(PnetError.Failed, "there is no /bin/sh");
        process.StandardInput.Close();
        return process;
    }

    private void Show(string output)
    {
        if (output.Length == 0)
            return;
        foreach (string line in output.TrimEnd().Split('\n'))
            _printer.Line(line);
        _printer.Flush();
    }
}
