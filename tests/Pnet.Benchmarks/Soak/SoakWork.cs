using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pnet.Control;
using Pnet.Services.Commands;
using Pnet.Services.Files;
using Pnet.Services.Messages;
using Pnet.Transports;

namespace Pnet.Benchmarks.Soak;

/// <summary>What goes through the network meanwhile: each kind of work again and again, as fast as it goes.</summary>
internal sealed class SoakWork(SoakNetwork network)
{
    private const int FileSize = 4 << 20;
    private const int TunnelSize = 64 << 10;
    private const int Batch = 100;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(35);

    private long _commands;
    private long _messages;
    private long _tunnels;
    private long _files;
    private long _lost;
    private long _failed;

    /// <summary>How long the near link lives.</summary>
    public TimeSpan LinkLife { get; set; }

    /// <summary>What was done so far, as columns.</summary>
    public string Tell() => string.Create(CultureInfo.InvariantCulture, $"{_commands:N0} | {_messages:N0} | {_tunnels:N0} | {_files:N0} | {_lost:N0} | {_failed:N0}");

    /// <summary>Works until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var echo = await network.Far.RegisterCommandAsync(
            new CommandInfo { Name = "echo", Parameters = [new("text", "string", true)] },
            EchoAsync,
            cancellationToken: stop).ConfigureAwait(false);
        string[] files = [NewFile(), NewFile()];
        Task[] kinds =
        [
            RepeatAsync(CallAsync, stop),
            RepeatAsync(SendMessagesAsync, stop),
            // How long it waits is up to who sends.
            RepeatAsync(ReadMessagesAsync, stop, bounded: false),
            RepeatAsync(UseTunnelAsync, stop),
            RepeatAsync(ct => SendFileAsync(files[_files % 2], ct), stop),
            RepeatAsync(LoseLinkAsync, stop),
        ];
        // One that fails is not to be noticed at the end only.
        await (await Task.WhenAny(kinds).ConfigureAwait(false)).ConfigureAwait(false);
        await Task.WhenAll(kinds).ConfigureAwait(false);
    }

    private static Task<JsonNode?> EchoAsync(CommandCall call, CancellationToken cancellationToken) => Task.FromResult<JsonNode?>(call.GetString("text"));

    // Two with one name and other bytes: one that is there already would not be sent.
    private string NewFile()
    {
        var path = Path.Combine(Directory.CreateDirectory(network.NewPath("files")).FullName, "file");
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(FileSize));
        return path;
    }

    // What fails, fails because its link was lost; that it is said at all, and in time, is part of what is looked at.
    private async Task RepeatAsync(Func<CancellationToken, Task> work, CancellationToken stop, bool bounded = true)
    {
        while (!stop.IsCancellationRequested)
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (bounded)
                bound.CancelAfter(Bound);
            try
            {
                await work(bound.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{work.Method.Name} took more than {Bound}");
            }
            catch (IOException)
            {
                Interlocked.Increment(ref _failed);
                await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task CallAsync(CancellationToken cancellationToken)
    {
        await new CommandClient(network.Near).CallAsync(network.Path, "echo", [JsonValue.Create("hello")], cancellationToken).ConfigureAwait(false);
        Interlocked.Increment(ref _commands);
    }

    private async Task SendMessagesAsync(CancellationToken cancellationToken)
    {
        await using var sender = await MessageSender.OpenAsync(network.Near, network.Path, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < Batch; i++)
            await sender.PostAsync(Message.FromBytes(new byte[i * 64]), cancellationToken).ConfigureAwait(false);
        await sender.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadMessagesAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in new MessageClient(network.Far).ReceiveAsync(wait: true, count: Batch, cancellationToken).ConfigureAwait(false))
        {
            GC.KeepAlive(message);
            Interlocked.Increment(ref _messages);
        }
    }

    private async Task UseTunnelAsync(CancellationToken cancellationToken)
    {
        var bytes = new byte[TunnelSize];
        var channel = await network.Near.OpenAsync(network.Path, cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            var writing = channel.WriteAsync(bytes, cancellationToken).AsTask();
            await channel.ReadExactlyAsync(new byte[TunnelSize], cancellationToken).ConfigureAwait(false);
            await writing.ConfigureAwait(false);
            await channel.EndAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        Interlocked.Increment(ref _tunnels);
    }

    private async Task SendFileAsync(string file, CancellationToken cancellationToken)
    {
        var sent = await new FileClient(network.Near).SendAsync(
            [file], new FileTarget(network.Path), new FileCopyOptions { Collision = FileCollision.Overwrite }, cancellationToken).ConfigureAwait(false);
        if (sent.Failed > 0)
            throw new IOException("a file was not sent");
        Interlocked.Increment(ref _files);
    }

    private async Task LoseLinkAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(LinkLife, cancellationToken).ConfigureAwait(false);
        await network.LoseLinkAsync(cancellationToken).ConfigureAwait(false);
        Interlocked.Increment(ref _lost);
    }
}
