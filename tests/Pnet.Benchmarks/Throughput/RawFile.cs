using System.Runtime.InteropServices;

namespace Pnet.Benchmarks.Throughput;

/// <summary>read(2) and write(2) themselves: a stream's own buffers and locks would be measured with the tunnel.</summary>
internal static partial class RawFile
{
    private const int Interrupted = 4;

    /// <summary>Reads some bytes.</summary>
    /// <returns>The number of bytes read; 0 at the end.</returns>
    public static int Read(SafeHandle file, Span<byte> buffer)
    {
        while (true)
        {
            nint count = Read(file, buffer, buffer.Length);
            if (count >= 0)
                return (int)count;
            ThrowUnlessInterrupted("read");
        }
    }

    /// <summary>Writes all bytes.</summary>
    public static void Write(SafeHandle file, ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint count = Write(file, buffer, buffer.Length);
            if (count >= 0)
                buffer = buffer[(int)count..];
            else
                ThrowUnlessInterrupted("write");
        }
    }

    private static void ThrowUnlessInterrupted(string call)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error != Interrupted)
            throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeHandle file, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle file, ReadOnlySpan<byte> buffer, nint count);
}
