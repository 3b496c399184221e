using System.Globalization;

namespace Pnet.Benchmarks.Throughput;

/// <summary>Looks at programs and all that they start while they run, also those that are gone in the end.</summary>
internal sealed class ProcessWatch : IDisposable
{
    // Rare enough to take nothing from what is measured; of a program that ends, so much of its last work is missed.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<int, Seen> _seen = [];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    /// <summary>Begins.</summary>
    /// <param name="roots">The programs.</param>
    public ProcessWatch(IReadOnlyList<int> roots)
    {
        foreach (int id in roots.SelectMany(Descendants))
            _seen[id] = new Seen(Name(id)) { CpuBefore = ProcessTree.CpuSeconds(id) };
        _thread = new Thread(() =>
        {
            do
                Look(roots);
            while (!_stop.Wait(Interval));
            Look(roots);
        });
        _thread.Start();
    }

    /// <summary>Processor time of all since the beginning, in seconds; once it is disposed of.</summary>
    public double CpuSeconds => _seen.Values.Sum(seen => Math.Max(0, seen.Cpu - seen.CpuBefore));

    /// <summary>The most memory that each had resident, with its name, the largest first; shells and the like are left out.</summary>
    public string PeakMemory => string.Join(", ", _seen.Values.Where(seen => seen is { Peak: > 0, Name: not "sh" }).OrderByDescending(seen => seen.Peak)
        .Select(seen => string.Create(CultureInfo.InvariantCulture, $"{seen.Name} {seen.Peak / 1e6:F0}")));

    /// <summary>Looks for the last time.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Look(IReadOnlyList<int> roots)
    {
        foreach (int id in roots.SelectMany(Descendants))
        {
            if (!_seen.TryGetValue(id, out var seen))
                _seen[id] = seen = new Seen(Name(id));
            // A shell becomes what it executes.
            seen.Name = Name(id) is { Length: > 0 } name ? name : seen.Name;
            seen.Cpu = Math.Max(seen.Cpu, ProcessTree.CpuSeconds(id));
            seen.Peak = Math.Max(seen.Peak, ProcessTree.Memory(id, "VmHWM"));
        }
    }

    private static IEnumerable<int> Descendants(int id) => [id, .. Children(id).SelectMany(Descendants)];

    // Those that its first thread has started: shells and ssh have no other, and r2 starts nothing here.
    private static IEnumerable<int> Children(int id)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{id}/task/{id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // It has exited.
        }
    }

    private static string Name(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").Trim();
        }
        catch (IOException)
        {
            return ""; // It has exited.
        }
    }

    private sealed class Seen(string name)
    {
        public string Name { get; set; } = name;

        public double CpuBefore { get; init; }

        public double Cpu { get; set; }

        public long Peak { get; set; }
    }
}
