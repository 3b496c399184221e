using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Pnet.EndToEnd.Fixture;

/// <summary>A program that runs beside the test, whose lines on standard output and error are kept.</summary>
internal sealed class Running : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _reading;
    private int _taken;
    private bool _disposed;

    private Running(Process process, bool readOutput)
    {
        _process = process;
        _reading = Task.WhenAll(readOutput ? ReadAsync(process.StandardOutput) : Task.CompletedTask, ReadAsync(process.StandardError));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Its standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its standard output, where the lines of that aren't taken.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it has written so far.</summary>
    public string Text => string.Join('\n', _lines);

    /// <summary>Starts a program.</summary>
    /// <param name="program">The program, by path or by name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables added to the environment.</param>
    /// <param name="readOutput">Whether standard output is kept as lines too; standard error always is.</param>
    public static Running Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, bool readOutput = true) =>
        new(Launch(program, arguments, environment), readOutput);

    /// <summary>Starts a process with its three streams redirected.</summary>
    public static Process Launch(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("/usr/bin/env")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        // What a shell runs beside itself ignores interrupts; if that is where the tests run, their programs don't.
        start.ArgumentList.Add("--default-signal=INT,QUIT");
        // env finds the program on the path that the program gets, not on that of the tests.
        start.ArgumentList.Add(program);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["PATH"] = Executables.SearchPath;
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} can't be started");
    }

    /// <summary>Waits for a line after those that were waited for before.</summary>
    public async Task<string> LineAsync(string containing, TimeSpan? limit = null)
    {
        string? found = null;
        await Bounded.UntilAsync(
            $"\"{containing}\"",
            () =>
            {
                // Whether it has ended is looked at first: a line that comes between the two is seen.
                bool ended = _reading.IsCompleted;
                string[] lines = [.. _lines];
                int at = Array.FindIndex(lines, _taken, l => l.Contains(containing, StringComparison.Ordinal));
                if (at < 0 && ended)
                    throw new InvalidOperationException($"the program ended without \"{containing}\": {Text}");
                if (at < 0)
                    return false;
                found = lines[at];
                _taken = at + 1;
                return true;
            },
            limit,
            () => Text);
        return found!;
    }

    public void Signal(int signal) => ProcessTable.Signal(Id, signal);

    /// <summary>Waits until it has exited by itself and returns its exit code; <see cref="Text"/> has all that it wrote then.</summary>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit ?? Bounded.Wait);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"process {Id} did not exit: {Text}");
        }

        await ReadToEndAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await ReadToEndAsync();
        _process.Dispose();
    }

    // A child of it may hold on to its output; that is found by its mark.
    private async Task ReadToEndAsync() =>
        await _reading.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            _lines.Enqueue(line);
    }
}
