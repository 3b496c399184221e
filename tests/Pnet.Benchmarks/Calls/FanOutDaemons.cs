using System.Diagnostics;
using System.Globalization;
using Pnet.Benchmarks.Throughput;
using Pnet.Control;

namespace Pnet.Benchmarks.Calls;

/// <summary>
/// One command to many daemons from a shell: <c>r2 call '*' add 1 2</c> at a hub that all have a link to, and an <c>ssh</c> at a time for
/// each host, over connections that are open already, as parallel shells do it. At each far end a shell is started that adds.
/// </summary>
internal static class FanOutDaemons
{
    private const int Runs = 11;

    /// <summary>Measures from the start of the program to its end, all results written.</summary>
    public static async Task<int> RunAsync(int count, string r2)
    {
        using var scratch = new Scratch();
        using var daemons = new DaemonGroup(scratch, r2, known: true);
        string endpoint = $"tcp://127.0.0.1:{Scratch.FreePort()}";
        var hub = daemons.Start("hub", $"-l {endpoint}");
        string add = scratch.NewFile("add.sh", """
            read -r call
            numbers=${call#*[}
            numbers=${numbers%%]*}
            printf '{"output":%d}\n{"end":true}\n' $((${numbers%,*} + ${numbers#*,}))

            """);
        long memory = 0;
        for (int i = 1; i <= count; i++)
        {
            var far = daemons.Start($"far{i}");
            await using var control = await ControlClient.ConnectAsync(far.Socket).ConfigureAwait(false);
            await control.AddServiceAsync(new ServiceRequest { Name = CallsNode.AddService, Transport = $"sh {add}" }).ConfigureAwait(false);
            await control.ConnectAsync(new ConnectRequest { Transport = endpoint, ExpectedId = hub.Id }).ConfigureAwait(false);
            memory += ProcessTree.Memory(far.ProcessId, "VmRSS");
        }

        using var ssh = new SshMaster(scratch, count);
        string all = string.Join(' ', ssh.Hosts);
        (string Name, string Command)[] contenders =
        [
            ("`ssh` for each host, all at once, connections open", $"for host in {all}; do {ssh.Command("$host")} & done; wait"),
            ("`ssh` for each host, one after the other, connections open", $"for host in {all}; do {ssh.Command("$host")}; done"),
            ("`r2 call '*' add 1 2`", $"{r2} -s {hub.Socket} call '*' add 1 2"),
        ];
        var times = contenders.ToDictionary(contender => contender.Name, _ => new List<double>());
        for (int run = 0; run < Runs; run++)
        {
            foreach (var (name, command) in contenders)
            {
                long start = Stopwatch.GetTimestamp();
                string results = OwnedProcess.Run(scratch, command);
                times[name].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (results.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.TrimEnd().EndsWith('3')) != count)
                    throw new IOException($"not all have added: {results}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} daemons, {memory / 1e6 / count:F0} MB resident each; a shell is started at each far end for each call; medians of {Runs}"));
        Console.WriteLine();
        Console.WriteLine("| | ms until all have answered | at most |");
        Console.WriteLine("|---|---:|---:|");
        foreach (var (name, _) in contenders)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {times[name].Order().ElementAt(Runs / 2):F0} | {times[name].Max():F0} |"));
        return 0;
    }
}
