using System.Globalization;
using BenchmarkDotNet.Running;
using Pnet.Benchmarks.Calls;
using Pnet.Benchmarks.Files;
using Pnet.Benchmarks.Links;
using Pnet.Benchmarks.Micro;
using Pnet.Benchmarks.Soak;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks;

/// <summary>
/// Benchmarks of whole programs by name; all else goes to BenchmarkDotNet. <c>far</c>, <c>links-client</c> and <c>calls-node</c> are the
/// other processes that these need.
/// </summary>
internal static class Program
{
    private static readonly Benchmark[] Benchmarks =
    [
        new(ThroughputOptions.Text, "A stream of bytes over one and two hops: socat, ssh -W, r2 tunnel.", words => Task.FromResult(ThroughputProgram.Run(ThroughputOptions.Parse(words)))),
        new(CommandsProgram.Usage, "Commands a second over one link: ssh with a shared connection, HTTP and JSON, pnet; and programs that call once.", CommandsProgram.RunAsync),
        new(FanOutProgram.Usage, "One command to many nodes: in one process, or with --daemons a process each, against ssh to as many hosts.", FanOutProgram.RunAsync),
        new(MessagesProgram.Usage, "Messages of 64 bytes through a relay, acknowledged and read, against HTTP.", MessagesProgram.RunAsync),
        new(FilesOptions.Text, "A large file and many small ones: scp, rsync, tar over ssh, r2 cp.", words => Task.FromResult(FilesProgram.Run(FilesOptions.Parse(words)))),
        new(LinksProgram.Usage, "What a link costs a node that has many: memory, and handshakes a second.", words => LinksProgram.RunAsync(words is [var links] ? int.Parse(links, CultureInfo.InvariantCulture) : LinksProgram.DefaultCount)),
        new(SoakProgram.Usage, "Everything at once through a relay, and the daemons' memory meanwhile, which may not grow.", SoakProgram.RunAsync),
    ];

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case [LinksClient.Command, { } endpoint, { } count]:
                    return await LinksClient.RunAsync(endpoint, int.Parse(count, CultureInfo.InvariantCulture)).ConfigureAwait(false);
                case [CallsNode.Command, var allow, .. var peer]:
                    return await CallsNode.RunAsync(allow, peer).ConfigureAwait(false);
                case [FarEnd.Command]:
                    FarEnd.ServeStdio();
                    return 0;
                case [FarEnd.Command, FarEnd.Listen]:
                    FarEnd.ServeTcp();
                    return 0;
                case [] or ["--help" or "-h"]:
                    foreach (var one in Benchmarks)
                        Console.WriteLine($"{one.Usage}\n    {one.About}");
                    Console.WriteLine("--filter '*', --list tree, ...\n    The parts, with BenchmarkDotNet.");
                    return 0;
                case [var name, .. var words] when Array.Find(Benchmarks, one => one.Name == name) is { } benchmark:
                    return await benchmark.StartAsync(words).ConfigureAwait(false);
                default:
                    // As r2d sets it: sockets' continuations run where they are polled.
                    Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
                    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments, MicroConfig.Create());
                    return 0;
            }
        }
        catch (Exception exception) when (exception is FormatException or IOException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"benchmarks: {exception.Message}").ConfigureAwait(false);
            return 1;
        }
    }
}
