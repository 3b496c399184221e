using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pnet.Transports;

namespace Pnet.Tests.Transports;

/// <summary>Descriptors such as a process is given by whoever starts it; they are closed with the test.</summary>
internal sealed class GivenDescriptors : IDisposable
{
    private readonly List<SafeFileHandle> _all = [];

    public (int Read, int Write) Pipe()
    {
        Span<int> ends = stackalloc int[2];
        Assert.Equal(0, Libc.Pipe(ends, Libc.CloseOnExec));
        return (Own(ends[0]), Own(ends[1]));
    }

    public (int A, int B) SocketPair()
    {
        (SafeFileHandle ours, SafeFileHandle theirs) = Spawner.CreateSocketPair();
        _all.Add(ours);
        _all.Add(theirs);
        return ((int)ours.DangerousGetHandle(), (int)theirs.DangerousGetHandle());
    }

    public int Duplicate(int descriptor) => Own(Libc.Control(descriptor, Libc.DuplicateCloseOnExec, 3));

    public int Open(string path, int flags)
    {
        int descriptor = Libc.Open(path, flags | Libc.CloseOnExec | Libc.OpenNoTty);
        Assert.True(descriptor >= 0, $"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        return Own(descriptor);
    }

    public void Dispose() => _all.ForEach(d => d.Dispose());

    private int Own(int descriptor)
    {
        _all.Add(new SafeFileHandle(descriptor, ownsHandle: true));
        return descriptor;
    }
}
