using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pnet.Transports;

/// <summary>
/// One thread that waits for all descriptors that .NET has no asynchronous waiting for: ends of child processes (pidfd),
/// pipes, terminals. Linux only (epoll).
/// </summary>
/// <remarks>
/// The one thing here that is shared by a whole process, like the thread pool: a thread per node would be a thread per
/// node of a lab. It starts with the first use and holds no state but who waits.
/// </remarks>
internal sealed class DescriptorPoller
{
    private const int EpollAdd = 1;
    private const int EpollDelete = 2;
    private const int EpollModify = 3;
    private const uint OneShot = 1u << 30;
    private const int StackBytes = 1024 * 1024;
    private const int Batch = 64;

    // struct epoll_event is packed on x86 only: the data follows the 4 bytes of events there, and is aligned elsewhere.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;

    private static readonly Lazy<DescriptorPoller> LazyShared = new(() => new DescriptorPoller());

    private readonly ConcurrentDictionary<long, Target> _targets = new();
    private readonly int _epoll;
    private long _lastId;

    private DescriptorPoller()
    {
        _epoll = Libc.EpollCreate(Libc.CloseOnExec);
        if (_epoll < 0)
            throw new IOException("Can't create an epoll descriptor: " + Libc.Describe(Marshal.GetLastPInvokeError()));
        new Thread(Run, StackBytes) { IsBackground = true, Name = "pnet poller" }.Start();
    }

    /// <summary>The process's poller.</summary>
    public static DescriptorPoller Shared => LazyShared.Value;

    /// <summary>Someone to tell that a descriptor is ready.</summary>
    internal abstract class Target
    {
        internal long Id { get; set; }

        /// <summary>Runs on the poller's thread: it must neither block nor throw.</summary>
        internal abstract void OnReady();
    }

    /// <summary>Adds a descriptor; <see cref="TryArm"/> waits for it. An end or error that is there already is told at once.</summary>
    /// <returns>Whether it can be waited for: a regular file, always ready, can't.</returns>
    public bool TryAdd(SafeFileHandle descriptor, Target target)
    {
        target.Id = Interlocked.Increment(ref _lastId);
        _targets[target.Id] = target;
        if (Change(EpollAdd, descriptor, target, OneShot))
            return true;
        _targets.TryRemove(target.Id, out _);
        return false;
    }

    /// <summary>Waits for the descriptor once: <see cref="Target.OnReady"/> runs when it is ready, at an end or an error too.</summary>
    /// <param name="descriptor">One that was added.</param>
    /// <param name="target">Whom to tell.</param>
    /// <param name="events"><see cref="Libc.PollIn"/> or <see cref="Libc.PollOut"/>.</param>
    /// <returns>Whether it is waited for: one that was removed meanwhile isn't.</returns>
    public bool TryArm(SafeFileHandle descriptor, Target target, short events) =>
        Change(EpollModify, descriptor, target, (ushort)events | OneShot);

    /// <summary>Forgets a descriptor that was added; call it before the descriptor is closed.</summary>
    public void Remove(SafeFileHandle descriptor, Target target)
    {
        if (_targets.TryRemove(target.Id, out _))
            Change(EpollDelete, descriptor, target, 0);
    }

    private bool Change(int operation, SafeFileHandle descriptor, Target target, uint events)
    {
        Span<byte> entry = stackalloc byte[16];
        MemoryMarshal.Write(entry, events);
        MemoryMarshal.Write(entry[DataOffset..], target.Id);
        return Libc.EpollControl(_epoll, operation, descriptor, entry) == 0;
    }

    private void Run()
    {
        int size = DataOffset + sizeof(long);
        Span<byte> entries = stackalloc byte[Batch * 16];
        while (true)
        {
            int count = Libc.EpollWait(_epoll, entries, Batch, -1);
            for (int i = 0; i < count; i++)
            {
                if (_targets.TryGetValue(MemoryMarshal.Read<long>(entries[(i * size + DataOffset)..]), out Target? target))
                    target.OnReady();
            }
        }
    }
}
