using System.Net.Http.Json;
using Pnet.Addressing;
using Pnet.Benchmarks.Throughput;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Services.Commands;

namespace Pnet.Benchmarks.Calls;

/// <summary>
/// Commands a second over one link, against <c>ssh</c> with a shared connection and a minimal server of the framework, in turns; and what
/// a call takes that is a program of its own.
/// </summary>
internal static class CommandsProgram
{
    /// <summary>What the command line is like.</summary>
    public const string Usage = "commands [--seconds 5] [--r2 PATH] [--module FOLDER]";

    private static readonly CommandRequest Request = new() { Arguments = [1, 2] };

    /// <summary>Measures and writes a table for 1 and for 64 calls in flight, and one for programs.</summary>
    public static async Task<int> RunAsync(string[] words)
    {
        var options = new WordOptions(words, Usage);
        var time = TimeSpan.FromSeconds(options.Number("--seconds", 5));
        using var scratch = new Scratch();
        await using var node = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate() }).ConfigureAwait(false);
        using var peer = CallsPeer.Start(node.Id);
        // A command that is a script block, in a PowerShell that has the module.
        using var shell = options.FullPath("--module") is { } module ? CallsPeer.StartPowerShell(node.Id, module) : null;
        using var ssh = new SshMaster(scratch);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri($"http://127.0.0.1:{peer.HttpPort}") };
        await node.Control.ConnectAsync(new ConnectRequest { Transport = peer.Endpoint, ExpectedId = peer.Id }).ConfigureAwait(false);
        if (shell is not null)
            await node.Control.ConnectAsync(new ConnectRequest { Transport = shell.Endpoint, ExpectedId = shell.Id }).ConfigureAwait(false);
        var client = new CommandClient(node.Control);
        foreach (int atOnce in (int[])[1, 64])
        {
            var table = new CallTable($"{atOnce} in flight", atOnce, time);
            await table.AddAsync("ssh, shared connection, `echo $((1 + 2))`", () => Task.FromResult<Func<Task>>(ssh.CallAsync)).ConfigureAwait(false);
            await table.AddAsync("HTTP and JSON, Kestrel, kept alive", () => Task.FromResult<Func<Task>>(() => PostAsync(http))).ConfigureAwait(false);
            await AddBothAsync(table, "pnet", client, peer).ConfigureAwait(false);
            if (shell is not null)
                await AddBothAsync(table, "pnet, a script block", client, shell).ConfigureAwait(false);
        }

        await TellProgramsAsync(scratch, options.Builds, ssh, time).ConfigureAwait(false);
        return 0;
    }

    private static async Task AddBothAsync(CallTable table, string name, CommandClient client, CallsPeer peer)
    {
        var target = new AddressPath(peer.Id);
        await table.AddAsync($"{name}, a channel for each call", () => Task.FromResult<Func<Task>>(() => CheckAsync(client.InvokeAsync(target, "add", Request)))).ConfigureAwait(false);
        await table.AddAsync($"{name}, a channel that is kept", async () =>
        {
            var connection = await client.OpenAsync(target, "add").ConfigureAwait(false);
            return () => CheckAsync(connection.InvokeAsync(Request));
        }).ConfigureAwait(false);
    }

    private static async Task TellProgramsAsync(Scratch scratch, IReadOnlyList<string> builds, SshMaster ssh, TimeSpan time)
    {
        var table = new CallTable("a program for each call, 1 in flight", 1, time);
        await table.AddAsync("`ssh far 'echo $((1 + 2))'`, shared connection", () => Task.FromResult<Func<Task>>(ssh.CallAsync)).ConfigureAwait(false);
        foreach (string r2 in builds)
        {
            using var daemons = new DaemonGroup(scratch, r2, known: false);
            var near = daemons.Start("near");
            // Of the far node's process as above, so that the call is what differs.
            using var far = CallsPeer.Start(near.Id);
            await using (var control = await ControlClient.ConnectAsync(near.Socket).ConfigureAwait(false))
                await control.ConnectAsync(new ConnectRequest { Transport = far.Endpoint, ExpectedId = far.Id }).ConfigureAwait(false);
            string[] call = ["-s", near.Socket, "call", far.Id.ToString(), "add", "1", "2"];
            await table.AddAsync($"`r2 call far add 1 2`, {DaemonGroup.KindOf(r2)}", () => Task.FromResult<Func<Task>>(() => ProgramCall.RunAsync(r2, call))).ConfigureAwait(false);
        }
    }

    private static async Task PostAsync(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync("/add", (long[])[1, 2]).ConfigureAwait(false);
        if (await answer.Content.ReadFromJsonAsync<long>().ConfigureAwait(false) != 3)
            throw new IOException("the server adds wrongly");
    }

    private static async Task CheckAsync(IAsyncEnumerable<CommandReply> replies)
    {
        await foreach (var reply in replies.ConfigureAwait(false))
        {
            if (reply.Output.GetInt64() != 3)
                throw new IOException("the command adds wrongly");
        }
    }
}
