using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Transports;

/// <summary>Starts and reaps child processes with posix_spawn(3), which takes the same time however large this process is (Linux).</summary>
internal static class Spawner
{
    private const string DefaultShell = "/bin/sh";

    // Larger than any C library's posix_spawnattr_t (336 bytes in glibc), posix_spawn_file_actions_t (80) and sigset_t (128).
    private const int OpaqueBytes = 512;

    private const short SetSignalDefault = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    private const int UnixDomain = 1;
    private const int Stream = 1;
    private const int NonBlock = 0x800;

    private const int ByProcess = 1;
    private const int NoHang = 1;
    private const int WaitExited = 4;
    private const int NoWait = 0x1000000;
    private const int CodeExited = 1;

    // siginfo_t: si_signo, si_errno, si_code, then si_pid, si_uid, si_status aligned to a pointer.
    private static readonly int PidOffset = IntPtr.Size == 8 ? 16 : 12;

    /// <summary>Creates two connected stream sockets that no child inherits by itself.</summary>
    public static (SafeFileHandle Ours, SafeFileHandle Theirs) CreateSocketPair()
    {
        Span<int> ends = stackalloc int[2];
        return Libc.SocketPair(UnixDomain, Stream | Libc.CloseOnExec, 0, ends) == 0 ? Handles(ends) : throw Failure("Can't create a socket pair");
    }

    /// <summary>Creates a pipe that no child inherits by itself; reading never waits.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) CreatePipe()
    {
        Span<int> ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec) != 0)
            throw Failure("Can't create a pipe");
        const int setStatusFlags = 4;
        _ = Libc.Control(ends[0], setStatusFlags, NonBlock); // can't fail on a pipe of our own
        return Handles(ends);
    }

    /// <summary>Starts <c>sh -c COMMAND</c> in a session of its own, with default signals.</summary>
    /// <param name="command">The shell command.</param>
    /// <param name="options">Its shell and environment.</param>
    /// <param name="inputOutput">Becomes its standard input and output.</param>
    /// <param name="standardError">Becomes its standard error; inherited where <see langword="null"/>.</param>
    /// <returns>The process id, which is the session's and the group's as well.</returns>
    public static unsafe int Start(string command, ProcessOptions options, SafeFileHandle inputOutput, SafeFileHandle? standardError)
    {
        string shell = options.Shell ?? DefaultShell;
        Span<byte> actions = stackalloc byte[OpaqueBytes];
        Span<byte> attributes = stackalloc byte[OpaqueBytes];
        Span<byte> signals = stackalloc byte[OpaqueBytes];
        Check(Libc.FileActionsInit(actions), shell);
        Check(Libc.SpawnAttributesInit(attributes), shell);
        byte** arguments = null;
        byte** environment = null;
        try
        {
            int descriptor = (int)inputOutput.DangerousGetHandle();
            Check(Libc.FileActionsDuplicate(actions, descriptor, 0), shell);
            Check(Libc.FileActionsDuplicate(actions, descriptor, 1), shell);
            if (standardError is not null)
                Check(Libc.FileActionsDuplicate(actions, (int)standardError.DangerousGetHandle(), 2), shell);

            // .NET ignores SIGPIPE and may block others; a program expects to find neither.
            _ = Libc.SignalsNone(signals);
            Check(Libc.SpawnAttributesSetMask(attributes, signals), shell);
            _ = Libc.SignalsAll(signals);
            Check(Libc.SpawnAttributesSetDefault(attributes, signals), shell);

            // A session rather than a mere group: a program that asks on the terminal (ssh for a password) then fails and
            // says so, where it would be stopped for good in a background group.
            Check(Libc.SpawnAttributesSetFlags(attributes, SetSignalDefault | SetSignalMask | SetSession), shell);

            arguments = ToNative([shell, "-c", command]);
            environment = ToNative(EnvironmentOf(options));
            Check(Libc.Spawn(out int process, shell, actions, attributes, arguments, environment), shell);
            return process;
        }
        finally
        {
            NativeMemory.Free(arguments);
            NativeMemory.Free(environment);
            _ = Libc.FileActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    /// <summary>Looks whether a child has exited, and leaves it to be reaped.</summary>
    /// <returns>Its status, 128 + n for signal n; -1 where it is gone without one; <see langword="null"/> while it runs.</returns>
    public static int? PeekStatus(int process)
    {
        Span<byte> information = stackalloc byte[128];
        information.Clear();
        if (Wait(process, information, NoHang | WaitExited | NoWait) != 0)
            return -1;
        if (MemoryMarshal.Read<int>(information[PidOffset..]) == 0)
            return null;
        int code = MemoryMarshal.Read<int>(information[8..]);
        int status = MemoryMarshal.Read<int>(information[(PidOffset + 8)..]);
        return code == CodeExited ? status : 128 + status;
    }

    /// <summary>Reaps a child; one that can't even be killed yet (it hangs in the kernel) is reaped when it exits.</summary>
    public static void Reap(int process)
    {
        Span<byte> information = stackalloc byte[128];
        information.Clear();
        int result = Wait(process, information, NoHang | WaitExited);
        if (result == 0 && MemoryMarshal.Read<int>(information[PidOffset..]) == 0)
            _ = ReapLaterAsync(process);
    }

    private static async Task ReapLaterAsync(int process)
    {
        while (PeekStatus(process) is null)
            await Task.Delay(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
        Reap(process);
    }

    private static int Wait(int process, Span<byte> information, int flags)
    {
        int result;
        do
        {
            result = Libc.WaitId(ByProcess, process, information, flags);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        return result;
    }

    private static List<string> EnvironmentOf(ProcessOptions options)
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (!options.Environment.ContainsKey((string)variable.Key))
                variables.Add($"{variable.Key}={variable.Value}");
        }

        foreach (var (name, value) in options.Environment)
        {
            if (value is not null)
                variables.Add($"{name}={value}");
        }

        return variables;
    }

    // One block: the pointers, a null pointer, then the strings.
    private static unsafe byte** ToNative(List<string> strings)
    {
        int pointers = (strings.Count + 1) * sizeof(byte*);
        int size = pointers + strings.Sum(s => Encoding.UTF8.GetByteCount(s) + 1);
        byte* block = (byte*)NativeMemory.AllocZeroed((nuint)size);
        var text = new Span<byte>(block + pointers, size - pointers);
        int used = 0;
        for (int i = 0; i < strings.Count; i++)
        {
            ((byte**)block)[i] = block + pointers + used;
            used += Encoding.UTF8.GetBytes(strings[i], text[used..]) + 1;
        }

        return (byte**)block;
    }

    private static (SafeFileHandle First, SafeFileHandle Second) Handles(Span<int> ends) =>
        (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));

    private static PnetException Failure(string what)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new PnetException(PnetError.LimitReached, $"{what}: {Libc.Describe(errno)}", "Raise the limit of open files (ulimit -n).");
    }

    private static void Check(int errno, string shell)
    {
        const int noSuchFile = 2;
        const int again = 11;
        if (errno == 0)
            return;
        PnetError kind = errno switch
        {
            noSuchFile => PnetError.NotFound,
            Libc.EACCES => PnetError.PermissionDenied,
            again => PnetError.LimitReached,
            _ => PnetError.Failed,
        };
        throw new PnetException(kind, $"Can't start the shell {shell}: {Libc.Describe(errno)}",
            kind == PnetError.LimitReached ? "Raise the limit of processes (ulimit -u)." : "Commands need a POSIX shell.");
    }
}
