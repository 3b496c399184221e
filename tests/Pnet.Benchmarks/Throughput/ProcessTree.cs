using System.Globalization;

namespace Pnet.Benchmarks.Throughput;

/// <summary>What the kernel tells of processes (proc(5)).</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux.
    private const int ParentField = 1;
    private const int UserTimeField = 11;
    private const int SystemTimeField = 12;

    /// <summary>The processes and all their descendants, in order of their numbers, but for those that run <paramref name="except"/>.</summary>
    public static IReadOnlyList<int> Of(IEnumerable<int> roots, string except)
    {
        var parents = new Dictionary<int, int>();
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int id) && Stat(id) is { } fields)
                parents[id] = int.Parse(fields[ParentField], CultureInfo.InvariantCulture);
        }

        var wanted = roots.ToHashSet();
        return [.. parents.Keys.Where(IsWanted).Where(id => !Runs(id, except)).Order()];

        bool IsWanted(int id)
        {
            for (int at = id; at > 0; at = parents.GetValueOrDefault(at))
            {
                if (wanted.Contains(at))
                    return true;
            }

            return false;
        }
    }

    /// <summary>The time a process has spent on all its threads, in seconds; 0 once it is gone.</summary>
    public static double CpuSeconds(int id) => Stat(id) is { } fields
        ? (double.Parse(fields[UserTimeField], CultureInfo.InvariantCulture) + double.Parse(fields[SystemTimeField], CultureInfo.InvariantCulture)) / TicksPerSecond
        : 0;

    /// <summary>A figure of a process's memory in bytes: <c>VmRSS</c>, <c>VmHWM</c>; 0 once the process is gone.</summary>
    public static long Memory(int id, string figure)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith(figure + ":", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[(figure.Length + 1)..^"kB".Length], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // It has exited.
        }
    }

    // The fields after the name, which may hold anything: state, parent, …
    private static string[]? Stat(int id)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // It has exited.
        }
    }

    private static bool Runs(int id, string program)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{id}/exe", returnFinalTarget: false)?.FullName == program;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
