using System.ComponentModel;
using System.Diagnostics;
using Pnet;

namespace PnetPS.Labs;

/// <summary>
/// A program that is this process's own: it reads nothing, and ends when its standard input does, which the system sees to
/// however this process ends.
/// </summary>
internal sealed class OwnedProcess : IAsyncDisposable
{
    private const int MaxErrorLines = 20;
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Task _errors;
    private readonly Queue<string> _lastErrors = new();

    private OwnedProcess(Process process)
    {
        _process = process;
        Exited = process.WaitForExitAsync();
        _errors = CollectErrorsAsync();
    }

    /// <summary>Completes when it has ended.</summary>
    public Task Exited { get; }

    /// <summary>Its number, for whoever looks for it.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <exception cref="PnetException">It can't be started.</exception>
    public static OwnedProcess Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        try
        {
            return new OwnedProcess(Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            throw new PnetException(PnetError.NotFound, $"{program} can't be started: {exception.Message}", "Name the daemon with -DaemonPath.", exception);
        }
    }

    /// <summary>Waits for the first line that it puts out.</summary>
    /// <exception cref="PnetException">It ended instead; the message is what it said.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (await _process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            // It says no more of interest, but must not be held up either.
            _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return line;
        }

        await Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _errors.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new PnetException(PnetError.Failed, Explain());
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> RunToEndAsync(CancellationToken cancellationToken)
    {
        await _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        await Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _errors.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>What became of it: the last of what it said on standard error, and its status where it has ended.</summary>
    public string Explain()
    {
        string said;
        lock (_lastErrors)
            said = string.Join("; ", _lastErrors);
        if (said.Length > 0)
            return said;
        return _process.HasExited ? $"it ended with status {_process.ExitCode}" : "it said nothing";
    }

    /// <summary>Ends it by the end of its input, and after a while by force.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await Exited.WaitAsync(EndBound).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await Exited.WaitAsync(EndBound).ConfigureAwait(false);
        }

        await _errors.WaitAsync(EndBound).ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task CollectErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            lock (_lastErrors)
            {
                if (_lastErrors.Count == MaxErrorLines)
                    _lastErrors.Dequeue();
                _lastErrors.Enqueue(line.Trim());
            }
        }
    }
}
