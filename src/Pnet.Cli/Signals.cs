using System.Runtime.InteropServices;

namespace Pnet.Cli;

/// <summary>
/// Turns the signals that end a program into a token: the first asks for an orderly end, the second ends it at once.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _exitCode;

    /// <summary>Begins to listen.</summary>
    public Signals()
    {
        Add(PosixSignal.SIGINT, 2);
        Add(PosixSignal.SIGTERM, 15);
        if (!OperatingSystem.IsWindows() && !HangupIsIgnored())
            Add(PosixSignal.SIGHUP, 1);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>128 and the signal's number once one came.</summary>
    public int? ExitCode => Volatile.Read(ref _exitCode) is var code && code != 0 ? code : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    // nohup's wish is kept: listening would undo it.
    private static bool HangupIsIgnored()
    {
        const string StatusFile = "/proc/self/status";
        if (!OperatingSystem.IsLinux() || !File.Exists(StatusFile))
            return false;

        foreach (string line in File.ReadLines(StatusFile))
        {
            if (line.StartsWith("SigIgn:", StringComparison.Ordinal))
                return (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & 1) != 0;
        }

        return false;
    }

    private void Add(PosixSignal signal, int number) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            int code = Cli.ExitCode.Signal + number;
            if (Interlocked.CompareExchange(ref _exitCode, code, 0) != 0)
                Environment.Exit(code);

            // Not on the thread that hands out signals: what is cancelled may take its time.
            _ = _source.CancelAsync();
        }));
}
