using BenchmarkDotNet.Running;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks;

/// <summary>
/// <c>throughput</c> measures whole programs against each other; <c>far</c> is what stands at the far end of its tunnels;
/// everything else goes to BenchmarkDotNet.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["throughput", .. var rest]:
                    return ThroughputProgram.Run(ThroughputOptions.Parse(rest));
                case [FarEnd.Command]:
                    FarEnd.ServeStdio();
                    return 0;
                case [FarEnd.Command, FarEnd.Listen]:
                    FarEnd.ServeTcp();
                    return 0;
                default:
                    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
                    return 0;
            }
        }
        catch (Exception exception) when (exception is FormatException or IOException or TimeoutException)
        {
            Console.Error.WriteLine($"benchmarks: {exception.Message}");
            return 1;
        }
    }
}
