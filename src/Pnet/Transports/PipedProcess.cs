using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Pnet.Transports;

/// <summary>A command with pipes as its standard input and output, for platforms other than Linux.</summary>
/// <remarks>It is tested on Linux, where <see cref="SpawnedProcess"/> is what runs commands otherwise.</remarks>
internal sealed class PipedProcess : ProcessTransport
{
    private const int AheadBytes = 4096;
    private static readonly TimeSpan ErrorGrace = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private ReadOnlyMemory<byte> _ahead;
    private bool _atEnd;

    private PipedProcess(string command, ProcessOptions options, Process process)
        : base(command, options)
    {
        (_process, ProcessId) = (process, process.Id);
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
        _ = WatchAsync();
    }

    public override int ProcessId { get; }

    public static new PipedProcess Start(string command, ProcessOptions options)
    {
        string shell = options.Shell ?? (OperatingSystem.IsWindows() ? "cmd.exe" : "/bin/sh");
        var start = new ProcessStartInfo(shell)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = options.CaptureStandardError,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (OperatingSystem.IsWindows() && options.Shell is null)
        {
            // With /s, cmd strips the outer quotes and takes what is between them as it is.
            start.Arguments = $"/d /s /c \"{command}\"";
        }
        else
        {
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(command);
        }

        foreach ((string name, string? value) in options.Environment)
            start.Environment[name] = value;
        try
        {
            return new PipedProcess(command, options, Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new PnetException(PnetError.NotFound, $"Can't start the shell {shell}: {e.Message}", null, e);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            await _input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw await WriteFailureAsync(e.Message, e).ConfigureAwait(false);
        }
    }

    public override async ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await _input.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The command reads no more, so it needn't be told of the end.
        }
    }

    private protected override async ValueTask<int> ReadOutputAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // A pipe can't be asked whether it is readable, so an empty read takes what comes first and keeps it.
        if (buffer.IsEmpty)
        {
            if (_ahead.IsEmpty && !_atEnd)
            {
                byte[] bytes = new byte[AheadBytes];
                _ahead = bytes.AsMemory(0, await _output.ReadAsync(bytes, cancellationToken).ConfigureAwait(false));
                _atEnd = _ahead.IsEmpty;
            }

            return 0;
        }

        if (_ahead.IsEmpty)
            return _atEnd ? 0 : await _output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        int count = Math.Min(buffer.Length, _ahead.Length);
        _ahead[..count].CopyTo(buffer);
        _ahead = _ahead[count..];
        return count;
    }

    private protected override async Task CloseAsync()
    {
        await EndAsync().ConfigureAwait(false);
        await _output.DisposeAsync().ConfigureAwait(false);

        // There is no polite signal that every platform knows.
        if (!await ExitsWithinAsync(Options.CloseGrace + Options.TerminateGrace).ConfigureAwait(false))
        {
            _process.Kill(entireProcessTree: true);
            await ExitsWithinAsync(Options.TerminateGrace).ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private async Task WatchAsync()
    {
        Task errors = Options.CaptureStandardError ? ReadStandardErrorAsync() : Task.CompletedTask;
        await _process.WaitForExitAsync().ConfigureAwait(false);

        // Something that the command left behind may hold its standard error open.
        await errors.WaitAsync(ErrorGrace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        SetExited(_process.ExitCode);
    }

    private async Task ReadStandardErrorAsync()
    {
        while (await _process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
            StandardError.Append(Encoding.UTF8.GetBytes(line + "\n"));
        StandardError.Finish();
    }
}
