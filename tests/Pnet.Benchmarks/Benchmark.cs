using System.Runtime.InteropServices;

namespace Pnet.Benchmarks;

/// <summary>A benchmark of whole programs.</summary>
/// <param name="Usage">Its command line.</param>
/// <param name="About">What it measures, against what, in a sentence or two.</param>
/// <param name="RunAsync">Runs it with the words after its name, and gives the exit code.</param>
internal sealed record Benchmark(string Usage, string About, Func<string[], Task<int>> RunAsync)
{
    /// <summary>Its name.</summary>
    public string Name => Usage.Split(' ')[0];

    /// <summary>Runs it, or tells what it is; says which machine the figures are of, and under which load.</summary>
    public async Task<int> StartAsync(string[] words)
    {
        if (words.Any(word => word is "--help" or "-h"))
        {
            Console.WriteLine(About);
            Console.WriteLine($"usage: {Usage}");
            return 0;
        }

        // Ends in order: what was started is ended, and what was written is removed.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Exit);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Exit);
        Console.WriteLine($"{Machine.Describe()}; load average {Machine.Load()} before");
        int code = await RunAsync(words).ConfigureAwait(false);
        Console.WriteLine();
        Console.WriteLine($"load average {Machine.Load()} after, the benchmark's own work included");
        return code;
    }

    private static void Exit(PosixSignalContext context)
    {
        context.Cancel = true;
        Environment.Exit(128 + (context.Signal == PosixSignal.SIGINT ? 2 : 15));
    }
}
