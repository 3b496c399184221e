using System.Globalization;

namespace Pnet.Tests.Transports;

/// <summary>What runs on this machine, as the kernel tells it, and waiting for things that have no event.</summary>
internal static class ProcessList
{
    /// <summary>Whether a process runs; a zombie doesn't.</summary>
    public static bool IsAlive(int process) => State(process) is not (null or 'Z' or 'X');

    /// <summary>The children of this process, zombies included.</summary>
    public static List<int> Children()
    {
        var children = new List<int>();
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int process) && Stat(process) is { } stat
                && stat[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
                children.Add(process);
        }

        return children;
    }

    public static Task GoneAsync(int process) => UntilAsync(() => !IsAlive(process), $"process {process} should be gone");

    public static Task ExistsAsync(string path) => UntilAsync(() => File.Exists(path), $"{path} should exist");

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        long deadline = Environment.TickCount64 + (long)Bytes.Soon.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, what);
            await Task.Delay(5);
        }
    }

    private static char? State(int process) => Stat(process)?[0][0];

    // The fields after the name: state, parent, group, session, ...
    private static string[]? Stat(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
