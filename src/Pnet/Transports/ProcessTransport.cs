using System.Runtime.CompilerServices;

namespace Pnet.Transports;

/// <summary>
/// A shell command whose standard input and output are the transport, and which is ended with it.
/// </summary>
/// <remarks>
/// <para>On Linux the command gets one end of a socket pair as both, so no thread serves it, and it runs in a session of its
/// own: no terminal, and signals reach all that it started. A program there can't open <c>/dev/stdin</c> or
/// <c>/dev/stdout</c> by name, as those are sockets. Elsewhere it gets two pipes.</para>
/// <para>A node that is killed by SIGKILL can end nothing; its commands see the end of their input.</para>
/// </remarks>
public abstract class ProcessTransport : ITransport
{
    /// <summary>How long the end of the output waits for the exit status to go with it.</summary>
    /// <summary>How long a command may go on that was given all of its input.</summary>
    internal static readonly TimeSpan FinishTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StatusGrace = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _closed;
    private volatile bool _ended;

    private protected ProcessTransport(string command, ProcessOptions options)
    {
        (Description, Options) = (command, options);
        StandardError = new StandardErrorTail(options.StandardErrorLine);
        _closed = new Lazy<Task>(CloseAsync);
    }

    /// <summary>The command line.</summary>
    public string Description { get; }

    /// <summary>
    /// The command's exit status once its output has ended: 128 + n when signal n ended it, and <see langword="null"/> for a
    /// command that closed its output and lives on.
    /// </summary>
    public int? EndStatus => _ended && Exited is { IsCompletedSuccessfully: true, Result: >= 0 and int status } ? status : null;

    /// <summary>The process id of the shell, or of the command that it replaced itself with.</summary>
    public abstract int ProcessId { get; }

    /// <summary>
    /// Completes when the command has exited, with its status: 128 + n when signal n ended it, -1 where the status can't be had
    /// because this process was started with SIGCHLD ignored.
    /// </summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>
    /// How the command ended, for an error message: <c>command "x" exited with status 127: sh: 1: x: not found</c>;
    /// <see langword="null"/> while it runs.
    /// </summary>
    public string? ExitError
    {
        get
        {
            if (!Exited.IsCompletedSuccessfully)
                return null;
            string how = Exited.Result switch
            {
                < 0 => "exited",
                > 128 and <= 128 + 64 and int status => $"was ended by signal {status - 128}",
                int status => $"exited with status {status}",
            };
            string? line = StandardError.LastLine;
            return $"command \"{Description}\" {how}" + (line is null ? "" : ": " + line);
        }
    }

    private protected ProcessOptions Options { get; }

    private protected StandardErrorTail StandardError { get; }

    /// <summary>Starts a command.</summary>
    /// <exception cref="PnetException">The shell can't be started. A command that the shell can't find exits with status 127.</exception>
    public static ProcessTransport Start(string command, ProcessOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(command);
        options ??= new ProcessOptions();
        return OperatingSystem.IsLinux() ? SpawnedProcess.Start(command, options) : PipedProcess.Start(command, options);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await ReadOutputAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (count == 0 && !buffer.IsEmpty && !_ended)
        {
            await ExitsWithinAsync(StatusGrace, cancellationToken).ConfigureAwait(false);
            _ended = true;
        }

        return count;
    }

    /// <inheritdoc/>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes the command's input and output and returns once it has exited: by itself, or by SIGTERM after
    /// <see cref="ProcessOptions.CloseGrace"/>, or by SIGKILL <see cref="ProcessOptions.TerminateGrace"/> later.
    /// What else it started and didn't detach is ended with it.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return new ValueTask(_closed.Value);
    }

    /// <summary>
    /// Waits until a command that was given all of its input has done with it what it does: it may still be writing a file when its
    /// output has ended. At most <see cref="FinishTime"/>.
    /// </summary>
    internal Task FinishAsync(CancellationToken cancellationToken) => ExitsWithinAsync(FinishTime, cancellationToken);

    private protected abstract ValueTask<int> ReadOutputAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    private protected abstract Task CloseAsync();

    private protected void SetExited(int status) => _exited.TrySetResult(status);

    /// <summary>Waits for the exit; its status stays with <see cref="Exited"/>.</summary>
    private protected async Task<bool> ExitsWithinAsync(TimeSpan time, CancellationToken cancellationToken = default)
    {
        await ((Task)Exited.WaitAsync(time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return Exited.IsCompleted;
    }

    /// <summary>The failure to write to a command, with how it ended where it did.</summary>
    private protected async Task<IOException> WriteFailureAsync(string reason, Exception cause)
    {
        await ExitsWithinAsync(StatusGrace).ConfigureAwait(false);
        return new IOException(ExitError ?? $"command \"{Description}\": writing failed: {reason}", cause);
    }
}
