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
/// <c>throughput</c> measures whole programs against each other, <c>links</c> a node with many links, <c>commands</c>,
/// <c>fanout</c> and <c>messages</c> what their names say, <c>soak</c> the memory under all of it; all else goes to
/// BenchmarkDotNet. <c>far</c>, <c>links-client</c> and <c>calls-node</c> are the other processes that these need.
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
                case ["files", .. var rest]:
                    return FilesProgram.Run(FilesOptions.Parse(rest));
                case ["links"]:
                    return LinksProgram.RunAsync(LinksProgram.DefaultCount).GetAwaiter().GetResult();
                case ["links", var links]:
                    return LinksProgram.RunAsync(int.Parse(links, CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
                case [LinksClient.Command, { } endpoint, { } count]:
                    return LinksClient.RunAsync(endpoint, int.Parse(count, CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
                case ["commands"]:
                    return CommandsProgram.RunAsync().GetAwaiter().GetResult();
                case ["fanout"]:
                    return FanOutProgram.RunAsync(FanOutProgram.DefaultCount).GetAwaiter().GetResult();
                case ["fanout", var nodes]:
                    return FanOutProgram.RunAsync(int.Parse(nodes, CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
                case ["soak", var r2]:
                    return SoakProgram.RunAsync(r2, 5).GetAwaiter().GetResult();
                case ["soak", var r2, var minutes]:
                    return SoakProgram.RunAsync(r2, double.Parse(minutes, CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
                case ["messages"]:
                    return MessagesProgram.RunAsync().GetAwaiter().GetResult();
                case [CallsNode.Command, var allow, .. var peer]:
                    return CallsNode.RunAsync(allow, peer).GetAwaiter().GetResult();
                case [FarEnd.Command]:
                    FarEnd.ServeStdio();
                    return 0;
                case [FarEnd.Command, FarEnd.Listen]:
                    FarEnd.ServeTcp();
                    return 0;
                default:
                    // As r2d sets it: sockets' continuations run where they are polled.
                    Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
                    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments, MicroConfig.Create());
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
