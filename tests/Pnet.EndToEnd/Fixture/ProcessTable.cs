using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Pnet.EndToEnd.Fixture;

/// <summary>Processes as the kernel shows them, told apart by a variable in their environment that their children inherit.</summary>
internal static partial class ProcessTable
{
    /// <summary>The variable that marks what a test started.</summary>
    public const string Variable = "PNET_TEST_PROCESS";

    /// <summary>The processes with a mark, those that left their parent included.</summary>
    public static IReadOnlyList<int> Marked(string mark)
    {
        byte[] entry = Encoding.UTF8.GetBytes($"{Variable}={mark}");
        return [.. All().Where(id => HasEntry(id, entry))];
    }

    /// <summary>What a process was started as; empty for one that has ended.</summary>
    public static string CommandLine(int id) => Encoding.UTF8.GetString(Read(id, "cmdline")).Replace('\0', ' ').TrimEnd();

    /// <summary>The memory that a process has in use, in bytes; 0 for one that has ended.</summary>
    public static long TryResidentBytes(int id) => TryNumber(id, "status", "VmRSS:") * 1024;

    /// <summary>The most memory that a process has had in use, in bytes; 0 for one that has ended.</summary>
    public static long TryPeakBytes(int id) => TryNumber(id, "status", "VmHWM:") * 1024;

    /// <summary>The bytes that a process has written, to whatever it was; 0 for one that has ended.</summary>
    public static long TryWrittenBytes(int id) => TryNumber(id, "io", "wchar:");

    /// <summary>Sends a signal to one process.</summary>
    public static void Signal(int id, int signal)
    {
        if (kill(id, signal) != 0)
            throw new InvalidOperationException($"signal {signal} to process {id}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Ends what is left of a test, one process at a time, and says what it was.</summary>
    public static IReadOnlyList<string> EndMarked(string mark)
    {
        const int Kill = 9;
        var ended = new List<string>();
        foreach (int id in Marked(mark))
        {
            ended.Add($"{id} {CommandLine(id)}");
            // It may be quicker and end by itself.
            _ = kill(id, Kill);
        }

        return ended;
    }

    private static IEnumerable<int> All() =>
        Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out int id) ? id : 0).Where(id => id > 0);

    private static bool HasEntry(int id, byte[] entry)
    {
        ReadOnlySpan<byte> environment = Read(id, "environ");
        for (int at; (at = environment.IndexOf(entry)) >= 0; environment = environment[(at + entry.Length)..])
        {
            if (at + entry.Length == environment.Length || environment[at + entry.Length] == 0)
                return true;
        }

        return false;
    }

    private static long TryNumber(int id, string file, string name)
    {
        string? line = Encoding.UTF8.GetString(Read(id, file)).Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    // A process that has ended, and one of another user, shows nothing.
    private static byte[] Read(int id, string file)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
