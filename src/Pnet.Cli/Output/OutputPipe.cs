using System.Runtime.InteropServices;
using Pnet.Transports;

namespace Pnet.Cli.Output;

/// <summary>Whether anybody reads standard output: the console's stream takes what is written to a broken pipe without a word.</summary>
internal static partial class OutputPipe
{
    private const int StandardOutput = 1;

    // POLLERR and POLLHUP of poll(2): they come unasked.
    private const short Gone = 8 | 16;

    /// <summary>Fails where this program was started without a standard output: whoever asked would take silence for an answer.</summary>
    /// <exception cref="IOException">It was.</exception>
    public static void CheckOpen()
    {
        if (!StdioTransport.IsOpen(StandardOutput))
            throw new IOException("standard output is closed");
    }

    /// <summary>Whether standard output is a pipe or a socket whose reader has gone.</summary>
    public static bool IsBroken()
    {
        if (OperatingSystem.IsWindows())
            return false;
        var entry = new PollEntry { Descriptor = StandardOutput };
        return Poll(ref entry, 1, 0) > 0 && (entry.Returned & Gone) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Returned;
    }
}
