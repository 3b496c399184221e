using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Pnet.Cli.Output;

namespace Pnet.Cli.Demo;

/// <summary>Three nodes, two links, a route and a tunnel: real daemons and real commands, shown as a user would type them.</summary>
internal static class DemoRun
{
    private const string Alice = "alice";
    private const string Bob = "bob";
    private const string Carol = "carol";

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            throw new PnetException(PnetError.Failed, "the demo needs a UNIX shell", "run it on Linux or macOS, or in WSL");

        var clock = Stopwatch.StartNew();
        using var printer = new Printer(json: false);
        var stage = new DemoStage(printer, cancellationToken);
        await using (stage.ConfigureAwait(false))
        {
            stage.Say("Three nodes on this machine. Each has a key of its own, and a socket that PNET_SOCKET_PATH names.");
            string alice = await stage.StartNodeAsync(Alice, "r2d -n alice -k alice.key").ConfigureAwait(false);
            await stage.StartNodeAsync(Bob, "r2d -n bob -k bob.key").ConfigureAwait(false);
            await stage.StartNodeAsync(Carol, "r2d -n carol -k carol.key --allow '*' 'tr a-z A-Z'").ConfigureAwait(false);

            await LinkAliceToBobAsync(stage).ConfigureAwait(false);
            stage.Say("Anything that carries bytes will do: bob and carol meet at a UNIX socket.");
            await stage.RunAsync(Bob, "r2 listen unix://$PWD/bob.link").ConfigureAwait(false);
            await stage.RunAsync(Carol, "r2 connect unix://$PWD/bob.link").ConfigureAwait(false);
            await stage.RunAsync(Bob, "r2 ls").ConfigureAwait(false);

            stage.Say("alice has no link to carol. bob, who lets alice look at his peers, routes; what they say, he can't read.");
            await stage.RunAsync(Bob, $"r2 trust {alice} alice").ConfigureAwait(false);
            await stage.RunAsync(Alice, "r2 ping -c 3 -i 100ms bob/carol").ConfigureAwait(false);
            await stage.RunAsync(Alice, "r2 trace bob/carol").ConfigureAwait(false);

            stage.Say("A tunnel joins two programs: echo here, and carol's tunnel process, tr, there.");
            string answer = await stage.RunAsync(Alice, "echo hello from alice | r2 tunnel bob/carol -").ConfigureAwait(false);
            if (answer.TrimEnd() != "HELLO FROM ALICE")
                throw new PnetException(PnetError.Failed, $"the tunnel gave back '{answer.TrimEnd()}'");

            stage.Say("Stopping a node closes its links with a goodbye; no process and no socket stays.");
            foreach (string name in (string[])[Alice, Bob, Carol])
                await stage.RunAsync(name, "r2 stop").ConfigureAwait(false);
            await stage.EndedAsync().ConfigureAwait(false);
        }

        stage.Say(string.Create(CultureInfo.InvariantCulture, $"That was all, in {clock.Elapsed.TotalSeconds:0.0} s. \"r2 --help\" shows the rest."));
        return ExitCode.Ok;
    }

    private static async Task LinkAliceToBobAsync(DemoStage stage)
    {
        if (!DemoStage.Has("socat"))
        {
            stage.Say("alice links to bob over TCP. (With socat installed, the demo would have it carry the link.)");
            string where = await stage.RunAsync(Bob, "r2 listen tcp://127.0.0.1:0").ConfigureAwait(false);
            await stage.RunAsync(Alice, $"r2 connect {where.TrimEnd().Split(' ')[^1]}").ConfigureAwait(false);
            return;
        }

        stage.Say("alice links to bob over TCP, and socat is what carries it: a link runs over any two programs' stdin and stdout.");
        int port = FreePort();
        stage.Start(Bob, $"socat tcp-l:{port},bind=127.0.0.1,fork exec:'r2 connect -'");
        await stage.UntilListeningAsync(port).ConfigureAwait(false);
        await stage.RunAsync(Alice, $"r2 connect 'socat tcp:127.0.0.1:{port} -'").ConfigureAwait(false);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
