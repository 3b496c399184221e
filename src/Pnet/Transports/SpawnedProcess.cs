using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Transports;

/// <summary>A command with one end of a socket pair as its standard input and output (Linux).</summary>
/// <remarks>
/// .NET reaps only the children that its own Process class started, so this class reaps its own. The exit is seen through
/// a pidfd and looked at with WNOWAIT; the zombie keeps the process id, and with it the group's id, from being
/// used again for as long as the group may have to be signalled.
/// </remarks>
internal sealed class SpawnedProcess : ProcessTransport
{
    private const nint PidFdOpen = 434;
    private const int PipeBytes = 64 * 1024;
    private static readonly TimeSpan KillBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GroupPoll = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket;
    private readonly Watch _exit;
    private readonly Watch? _standardError;
    private int _reaped;

    private SpawnedProcess(string command, ProcessOptions options, int process, Socket socket, SafeFileHandle? standardError)
        : base(command, options)
    {
        ProcessId = process;
        _socket = socket;
        _standardError = standardError is null ? null : new Watch(standardError, ReadStandardError);
        int pidfd = (int)Libc.SystemCall(PidFdOpen, process, 0);
        _exit = new Watch(new SafeFileHandle(pidfd, ownsHandle: true), CheckExit);
    }

    public override int ProcessId { get; }

    public static new SpawnedProcess Start(string command, ProcessOptions options)
    {
        // The poller first: what may fail does so before there is a process to be ended.
        _ = DescriptorPoller.Shared;
        (SafeFileHandle ours, SafeFileHandle theirs) = Spawner.CreateSocketPair();
        Socket? socket = null;
        SafeFileHandle? errorRead = null;
        SafeFileHandle? errorWrite = null;
        try
        {
            socket = new Socket(new SafeSocketHandle(ours.DangerousGetHandle(), ownsHandle: true));
            if (options.CaptureStandardError)
                (errorRead, errorWrite) = Spawner.CreatePipe();
            int process = Spawner.Start(command, options, theirs, errorWrite);
            var started = new SpawnedProcess(command, options, process, socket, errorRead);
            started.Watching();
            return started;
        }
        catch
        {
            socket?.Dispose();
            errorRead?.Dispose();
            throw;
        }
        finally
        {
            // The socket owns our end by now; theirs are the child's alone.
            ours.SetHandleAsInvalid();
            theirs.Dispose();
            errorWrite?.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
                buffer = buffer[await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
        catch (SocketException e)
        {
            ThrowIfClosed(e, cancellationToken);
            throw await WriteFailureAsync(SocketErrors.Describe(e), e).ConfigureAwait(false);
        }
    }

    public override ValueTask EndAsync(int? status = null, CancellationToken cancellationToken = default)
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Only a command that has exited already: its input has no reader to be told.
        }

        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private protected override async ValueTask<int> ReadOutputAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // A socket pair says so when the other end closed with unread input; all of its output was read before.
            return 0;
        }
        catch (SocketException e)
        {
            ThrowIfClosed(e, cancellationToken);
            throw new IOException($"command \"{Description}\": reading failed: {SocketErrors.Describe(e)}", e);
        }
    }

    private protected override async Task CloseAsync()
    {
        _socket.Dispose();
        try
        {
            if (await ExitsWithinAsync(Options.CloseGrace).ConfigureAwait(false) && IsGroupGone())
                return;
            Signal(Libc.SIGTERM);
            Signal(Libc.SIGCONT); // a stopped process could not act on it
            if (await IsGoneWithinAsync(Options.TerminateGrace).ConfigureAwait(false))
                return;
            Signal(Libc.SIGKILL);
            await IsGoneWithinAsync(KillBound).ConfigureAwait(false);
        }
        finally
        {
            _standardError?.Dispose();
            _exit.Dispose();
            Reap();
            SetExited(-1); // only where even SIGKILL was of no use
        }
    }

    // The command, and what it has started.
    private async Task<bool> IsGoneWithinAsync(TimeSpan time)
    {
        long deadline = Environment.TickCount64 + (long)time.TotalMilliseconds;
        await ExitsWithinAsync(time).ConfigureAwait(false);
        while (!(Exited.IsCompleted && IsGroupGone()))
        {
            if (Environment.TickCount64 >= deadline)
                return false;
            await Task.Delay(GroupPoll).ConfigureAwait(false);
        }

        return true;
    }

    private static void ThrowIfClosed(SocketException e, CancellationToken cancellationToken)
    {
        if (e.SocketErrorCode == SocketError.OperationAborted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ObjectDisposedException(nameof(ProcessTransport));
        }
    }

    private void Watching()
    {
        _standardError?.Arm();
        if (!_exit.Arm())
            _ = PollExitAsync();
    }

    // Where there is no pidfd: a kernel before 5.3, or no descriptor left.
    private async Task PollExitAsync()
    {
        while (!Exited.IsCompleted && Volatile.Read(ref _reaped) == 0)
        {
            await Task.Delay(GroupPoll).ConfigureAwait(false);
            CheckExit();
        }
    }

    private bool CheckExit()
    {
        if (Spawner.PeekStatus(ProcessId) is not { } status)
            return true;
        if (_standardError is not null)
            ReadStandardError();
        SetExited(status);
        return false;
    }

    // What is there now, a pipe full at most, as the poller's thread serves others too. Returns whether more may come.
    private bool ReadStandardError()
    {
        Span<byte> buffer = stackalloc byte[4096];
        lock (StandardError)
        {
            for (int i = 0; i < PipeBytes / buffer.Length; i++)
            {
                nint count = Libc.Read(_standardError!.Descriptor, buffer, buffer.Length);
                if (count == 0)
                {
                    StandardError.Finish();
                    return false;
                }

                if (count > 0)
                    StandardError.Append(buffer[..(int)count]);
                else if (Marshal.GetLastPInvokeError() != Libc.EINTR)
                    break;
            }
        }

        return true;
    }

    // Once the command has been reaped, its group exists for as long as something else of it runs.
    private bool IsGroupGone()
    {
        Reap();
        return Libc.Kill(-ProcessId, 0) != 0;
    }

    private void Signal(int signal)
    {
        // It fails when nobody is left to be signalled, which is what it is for.
        _ = Libc.Kill(-ProcessId, signal);
    }

    private void Reap()
    {
        if (Interlocked.Exchange(ref _reaped, 1) == 0)
            Spawner.Reap(ProcessId);
    }

    /// <summary>Calls back on the poller's thread whenever a descriptor is readable, until told that this was all.</summary>
    private sealed class Watch(SafeFileHandle descriptor, Func<bool> onReadable) : DescriptorPoller.Target, IDisposable
    {
        private bool _added;

        public SafeFileHandle Descriptor => descriptor;

        public bool Arm()
        {
            _added = !descriptor.IsInvalid && DescriptorPoller.Shared.TryAdd(descriptor, this);
            return _added && DescriptorPoller.Shared.TryArm(descriptor, this, Libc.PollIn);
        }

        public void Dispose()
        {
            if (_added && !descriptor.IsClosed)
                DescriptorPoller.Shared.Remove(descriptor, this);
            descriptor.Dispose();
        }

        internal override void OnReady()
        {
            try
            {
                if (onReadable())
                    DescriptorPoller.Shared.TryArm(descriptor, this, Libc.PollIn);
            }
            catch (ObjectDisposedException)
            {
                // Closed at this very moment: nobody asks any more.
            }
        }
    }
}
