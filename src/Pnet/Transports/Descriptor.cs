using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Transports;

/// <summary>One direction of a descriptor that this process was given, a pipe, a socket, a terminal or a file (Linux).</summary>
/// <remarks>
/// It works on a descriptor of its own. On disposal the given one is replaced by <c>/dev/null</c>, so that the other end
/// sees it closed and its number isn't given to something else; so are the runtime's own copies of standard input and output.
/// </remarks>
internal sealed class Descriptor : IDisposable
{
    private const int PipeBytes = 1024 * 1024;
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private const int FirstPrivate = 3;
    private const int FileTypeMask = 0xF000;
    private const int FifoType = 0x1000;
    private const int SocketType = 0xC000;

    // A write of PIPE_BUF bytes never waits on a pipe that poll(2) calls writable.
    private const int AtomicBytes = 4096;

    private readonly int _given;
    private readonly bool _output;
    private readonly SafeFileHandle _handle;
    private readonly ReadinessWait _ready;
    private readonly DescriptorKind _kind;
    private readonly string? _pipe;
    private int _disposed;

    /// <summary>Takes over a descriptor's reading or writing.</summary>
    /// <exception cref="IOException">It isn't open.</exception>
    public Descriptor(int given, bool output)
    {
        (_given, _output) = (given, output);
        int type = TypeOf(given);
        int handle = -1;
        if (type == FifoType)
        {
            _pipe = LinkOf(given);
            // More room lets both programs run longer between switches; a limit of the system's may forbid it.
            _ = Libc.Control(given, Libc.SetPipeSize, PipeBytes);
            handle = Libc.Open($"/proc/self/fd/{given}",
                (output ? Libc.OpenWriteOnly : Libc.OpenReadOnly) | Libc.OpenNonBlock | Libc.OpenNoTty | Libc.CloseOnExec);
        }

        _kind = type == SocketType ? DescriptorKind.Socket : handle >= 0 ? DescriptorKind.NonBlocking : DescriptorKind.Pollable;
        if (handle < 0)
            handle = Libc.Control(given, Libc.DuplicateCloseOnExec, FirstPrivate);
        if (handle < 0)
            throw new IOException($"Descriptor {given} can't be used: {Libc.Describe(Marshal.GetLastPInvokeError())}");
        _handle = new SafeFileHandle(handle, ownsHandle: true);
        _ready = new ReadinessWait(_handle, output ? Libc.PollOut : Libc.PollIn);
        if (!_ready.CanWait)
            _kind = DescriptorKind.AlwaysReady;
    }

    /// <summary>Whether <see cref="TryWrite"/> may hold up its thread, if only for a moment.</summary>
    public bool MayBlock => _output && _kind == DescriptorKind.Pollable;

    /// <summary>Waits until it may be ready.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => _ready.WaitAsync(cancellationToken);

    /// <summary>Whether bytes, or the end, can be read now.</summary>
    public bool IsReadable()
    {
        if (_kind == DescriptorKind.AlwaysReady)
            return true;
        return Poll(Libc.PollIn);
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>The number of bytes, 0 at the end, -1 when there is nothing now, or the negated error number below that.</returns>
    public int TryRead(Span<byte> buffer)
    {
        if (_kind == DescriptorKind.Pollable && !Poll(Libc.PollIn))
            return -1;
        nint count = _kind == DescriptorKind.Socket
            ? Libc.Receive(_handle, buffer, buffer.Length, Libc.MessageDontWait)
            : Libc.Read(_handle, buffer, buffer.Length);
        int result = Result(count);

        // A terminal that was hung up says so with an error; to a reader that is its end.
        return _kind == DescriptorKind.Pollable && result == -Libc.EIO ? 0 : result;
    }

    /// <summary>Writes what there is room for.</summary>
    /// <returns>As <see cref="TryRead"/>.</returns>
    public int TryWrite(ReadOnlySpan<byte> buffer)
    {
        if (_kind == DescriptorKind.Pollable)
        {
            if (!Poll(Libc.PollOut))
                return -1;
            buffer = buffer[..Math.Min(buffer.Length, AtomicBytes)];
        }

        nint count = _kind == DescriptorKind.Socket
            ? Libc.Send(_handle, buffer, buffer.Length, Libc.MessageDontWait | Libc.MessageNoSignal)
            : Libc.Write(_handle, buffer, buffer.Length);
        return Result(count);
    }

    /// <summary>Tells the other end that no more will be written.</summary>
    public void EndWriting()
    {
        const int send = 1;
        if (_kind == DescriptorKind.Socket)
            _ = Libc.Shutdown(_handle, send); // fails only when the other end is gone
        else
            Dispose();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _ready.Dispose();
        _handle.Dispose();
        using SafeFileHandle nothing = new(Libc.Open("/dev/null", Libc.OpenReadWrite | Libc.CloseOnExec), ownsHandle: true);
        if (nothing.IsInvalid)
            return;
        _ = Libc.Duplicate(nothing, _given);
        if (_pipe is not null && _given <= StandardOutput)
            ReplaceCopies(nothing, _pipe);
    }

    // The runtime keeps copies of the standard descriptors, and the other end of a pipe sees its end only when all are gone.
    private void ReplaceCopies(SafeFileHandle nothing, string pipe)
    {
        const int getFlags = 3;
        const int accessMode = 3;
        if (LinkOf(StandardError) == pipe)
            return; // Whoever reads both wants to read what is still said there.
        int access = _output ? Libc.OpenWriteOnly : Libc.OpenReadOnly;
        foreach (string path in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(path), out int copy) && copy >= FirstPrivate && LinkOf(copy) == pipe
                && (Libc.Control(copy, getFlags, 0) & accessMode) == access)
            {
                _ = Libc.Duplicate(nothing, copy);
            }
        }
    }

    private static string? LinkOf(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;

    private static int TypeOf(int descriptor)
    {
        const int emptyPath = 0x1000;
        Span<byte> statx = stackalloc byte[256];
        statx.Clear();
        return Libc.StatX(descriptor, "", emptyPath, 1, statx) == 0
            ? MemoryMarshal.Read<ushort>(statx[28..]) & FileTypeMask
            : throw new IOException($"Descriptor {descriptor} can't be used: {Libc.Describe(Marshal.GetLastPInvokeError())}");
    }

    private bool Poll(short events)
    {
        var entry = new Libc.PollEntry { Descriptor = (int)_handle.DangerousGetHandle(), Events = events };
        return Libc.Poll(ref entry, 1, 0) > 0;
    }

    private static int Result(nint count)
    {
        if (count >= 0)
            return (int)count;
        int errno = Marshal.GetLastPInvokeError();
        return errno is Libc.EAGAIN or Libc.EINTR ? -1 : -errno;
    }
}
