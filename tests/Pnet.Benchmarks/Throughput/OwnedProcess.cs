using System.Diagnostics;

namespace Pnet.Benchmarks.Throughput;

/// <summary>A program that is started through the shell and ended with all its children when it is disposed of.</summary>
internal sealed class OwnedProcess : IDisposable
{
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly string _command;
    private readonly string _log;
    private bool _ended;

    private OwnedProcess(Process process, string command, string log) => (_process, _command, _log) = (process, command, log);

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a command line of the shell; its standard error goes to a file.</summary>
    public static OwnedProcess Start(Scratch scratch, string command, string name)
    {
        string log = scratch.NewPath(name + ".log");
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec 2>>{log}; {command}");
        var process = Process.Start(start) ?? throw new IOException("the shell did not start");
        var owned = new OwnedProcess(process, command, log);
        scratch.EndAtExit(owned.End);
        return owned;
    }

    /// <summary>Runs a command line to its end.</summary>
    /// <returns>What it wrote.</returns>
    public static string Run(Scratch scratch, string command)
    {
        using var process = Start(scratch, command, "run");
        return process.Wait();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="IOException">It failed.</exception>
    public string Wait()
    {
        string text = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return _process.ExitCode == 0 ? text : throw new IOException($"{_command} failed. {Tail()}");
    }

    /// <summary>Waits for a line of its output.</summary>
    public string ReadLine(TimeSpan timeout)
    {
        var line = _process.StandardOutput.ReadLineAsync();
        return line.Wait(timeout) && line.Result is { } text ? text : throw new TimeoutException($"a program did not start. {Tail()}");
    }

    /// <summary>The end of what it wrote to its standard error.</summary>
    public string Tail() => File.Exists(_log) ? string.Join(" | ", File.ReadLines(_log).TakeLast(3)) : "";

    /// <summary>Ends it, gently first: a daemon has children and files of its own to clear away.</summary>
    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private void End()
    {
        if (_ended)
            return;
        _ended = true;
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            if (!_process.WaitForExit(ExitTimeout))
                _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
    }
}
