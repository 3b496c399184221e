using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pnet.Addressing;
using Pnet.Benchmarks.Throughput;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Services.Commands;
using Pnet.Services.Messages;

namespace Pnet.Benchmarks.Calls;

/// <summary>
/// A node in a process of its own that has the command <c>add</c>, reads its inbox, and routes; beside it a minimal server of the
/// framework that adds as well. It ends with its standard input.
/// </summary>
internal static class CallsNode
{
    /// <summary>The word that makes this executable such a node.</summary>
    public const string Command = "calls-node";

    /// <summary>The service that the command <c>add</c> is.</summary>
    public const string AddService = CommandInfo.ServicePrefix + "add";

    /// <summary>The command that tells how many messages were read.</summary>
    public const string Received = "received";

    /// <summary>The command that it offers.</summary>
    public static CommandInfo Add { get; } = new() { Name = "add", Parameters = [new("a", "integer", true), new("b", "integer", true)] };

    /// <summary>Runs it; writes its id, its port and that of the server.</summary>
    /// <param name="allow">The node that may use it.</param>
    /// <param name="peer">A node to link to, as an id and a port; empty for none.</param>
    public static async Task<int> RunAsync(string allow, string[] peer)
    {
        int port = Scratch.FreePort();
        var options = new NodeOptions { Key = NodeKey.Generate(), Listen = [$"tcp://127.0.0.1:{port}"], Allow = [allow] };
        await using var node = await Node.StartAsync(options).ConfigureAwait(false);
        await node.Control.RegisterCommandAsync(Add, AddAsync).ConfigureAwait(false);
        long received = 0;
        await node.Control.RegisterCommandAsync(new CommandInfo { Name = Received }, (_, _) => Task.FromResult<JsonNode?>(Interlocked.Read(ref received))).ConfigureAwait(false);
        if (peer is [var id, var other])
            await node.Control.ConnectAsync(new ConnectRequest { Transport = $"tcp://127.0.0.1:{other}", ExpectedId = NodeId.Parse(id) }).ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        var reading = ReadAllAsync(node.Control, () => Interlocked.Increment(ref received), stop.Token);
        int httpPort = Scratch.FreePort();
        await using var server = Serve(httpPort);
        await server.StartAsync().ConfigureAwait(false);
        Console.WriteLine($"{node.Id} {port} {httpPort}");
        await Console.In.ReadLineAsync().ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        return 0;
    }

    private static Task<JsonNode?> AddAsync(CommandCall call, CancellationToken cancellationToken) =>
        Task.FromResult<JsonNode?>(call.GetInt64("a") + call.GetInt64("b"));

    private static async Task ReadAllAsync(INodeControl node, Action count, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in new MessageClient(node).ReceiveAsync(wait: true, cancellationToken: cancellationToken).ConfigureAwait(false))
                count();
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private static WebApplication Serve(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.MapPost("/add", (long[] numbers) => Results.Json(numbers[0] + numbers[1]));
        app.MapPost("/message", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null).ConfigureAwait(false);
            return Results.NoContent();
        });
        return app;
    }
}
