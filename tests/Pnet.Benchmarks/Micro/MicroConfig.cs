using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Pnet.Benchmarks.Micro;

/// <summary>
/// How microbenchmarks run: in this process, because a generated project would be built with this repository's own rules,
/// and with allocations counted. Reports go beside the program.
/// </summary>
internal static class MicroConfig
{
    /// <summary>Creates it.</summary>
    public static IConfig Create() => ManualConfig.Create(DefaultConfig.Instance)
        .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts"))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithGcForce(false) // It empties the buffer pools, which a node at work doesn't.
            .WithWarmupCount(5)
            .WithIterationCount(10)
            .WithIterationTime(TimeInterval.FromMilliseconds(250)));
}
