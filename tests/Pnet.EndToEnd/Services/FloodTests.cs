using System.Buffers.Binary;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.EndToEnd.Fixture;
using Pnet.Services.Commands;
using Pnet.Transports;

namespace Pnet.EndToEnd.Services;

/// <summary>Commands, callers and senders that flood: what the programs on the way have in memory stays below a number (docs/security.md, "Limits").</summary>
public sealed class FloodTests : RowTest
{
    private const long Mebibyte = 1024 * 1024;

    // The runtime, the inbox, windows of up to 16 MiB, and what the collector has yet to collect.
    private const long MostResident = 256 * Mebibyte;

    // A window in each of the places on the way, and what pipes and sockets hold.
    private const long MostOnTheWay = 96 * Mebibyte;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(150);

    private readonly Dictionary<string, long> _peaks = [];

    [Fact]
    public async Task A_command_that_floods_a_caller_who_does_not_read_stands_still()
    {
        string result = new('x', 1000);
        await Carol.ServeAsync("cmd.flood", $"read -r call; exec yes '{{\"output\":\"{result}\"}}'");
        var caller = Alice.StartR2WithStreams("call", ToCarol, "flood");
        await Bounded.UntilAsync("the flood", () => Yes(Carol.Children()) != 0);

        long written = await UntilStandingStillAsync(() => Yes(Carol.Children()), caller.Id);

        Assert.InRange(written, 1, MostOnTheWay);
        AssertBounded();
        // It goes on as it is read, and is not lost.
        for (long left = 2 * written; left > 0;)
            left -= await caller.Output.ReadAsync(new byte[1 << 20]).AsTask().WaitAsync(Bounded.Wait);
        await caller.DisposeAsync();
        await Carol.UntilWithoutChildrenAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_that_floods_a_command_that_does_not_answer_stands_still(bool program)
    {
        await using var control = await ControlClient.ConnectAsync(Carol.SocketPath);
        await using IAttachedService? offer = program
            ? null
            : await control.RegisterCommandAsync(new CommandInfo { Name = "slow" }, (_, _, token) => Task.Delay(Timeout.Infinite, token));
        if (program)
            await Carol.ServeAsync("cmd.slow", "exec sleep 1000");
        string call = $"{{\"arguments\":[\"{new string('x', 1000)}\"]}}";
        var caller = Network.Start("/bin/sh", "-c", $"yes '{call}' | r2 -s {Alice.SocketPath} tunnel {ToCarol}/service:cmd.slow -");
        int manager = 0;
        await Bounded.UntilAsync("the flood", () =>
        {
            // What the shell has forked and that is no program yet has the shell's own command line.
            manager = ProcessTable.Marked(Network.Mark).FirstOrDefault(id => ProcessTable.CommandLine(id).Contains("r2 -s ", StringComparison.Ordinal) && !ProcessTable.CommandLine(id).Contains("yes ", StringComparison.Ordinal));
            return manager != 0 && Yes(ProcessTable.Marked(Network.Mark)) != 0;
        });

        long written = await UntilStandingStillAsync(() => Yes(ProcessTable.Marked(Network.Mark)), manager);

        Assert.InRange(written, 1, MostOnTheWay);
        AssertBounded();
        Assert.False(caller.HasExited);
        ProcessTable.Signal(manager, Signals.Kill);
        await caller.ExitAsync();
        await Carol.UntilWithoutChildrenAsync();
    }

    [Theory]
    [InlineData(1 << 20, 512)]
    [InlineData(100, 400_000)]
    public async Task A_sender_that_floods_an_inbox_that_nobody_reads_is_refused(int size, int count)
    {
        byte[] message = new byte[5 + size];
        message[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), size);
        // Many in one write, as a sender has it that doesn't wait.
        byte[] burst = [.. Enumerable.Repeat(message, Math.Max(1, 65_536 / message.Length)).SelectMany(m => m)];
        await using var control = await ControlClient.ConnectAsync(Alice.SocketPath);
        await using ITransport channel = await control.OpenAsync(AddressPath.Parse(ToCarol).WithService("messages"));
        Task<long> answering = CountAsync(channel);
        long sent = 0;
        for (; sent < count; sent += burst.Length / message.Length)
        {
            await channel.WriteAsync(burst).AsTask().WaitAsync(Long);
            if (sent % 64 == 0)
                Look();
        }
        await channel.EndAsync();
        Assert.Equal(sent, await answering.WaitAsync(Long));
        Look();

        var metrics = await Carol.WithControlAsync(c => c.GetMetricsAsync());
        long fit = Math.Min(64 * Mebibyte / size, 65_536);
        Assert.Equal((fit, sent - fit), (metrics["messages.waiting"], metrics["messages.refused"]));
        AssertBounded();
    }

    [Fact]
    public async Task A_sender_that_reads_no_answers_stops_itself()
    {
        byte[] burst = [.. Enumerable.Repeat((byte[])[1, 0, 0, 0, 0], 10_000).SelectMany(m => m)];
        await using var control = await ControlClient.ConnectAsync(Alice.SocketPath);
        await using ITransport channel = await control.OpenAsync(AddressPath.Parse(ToCarol).WithService("messages"));
        long sent = 0;
        using var stop = new CancellationTokenSource();
        Task sending = Task.Run(async () =>
        {
            while (true)
            {
                await channel.WriteAsync(burst, stop.Token);
                Interlocked.Add(ref sent, burst.Length);
            }
        });
        long written = await UntilStandingStillAsync(() => Interlocked.Read(ref sent));
        Assert.InRange(written, 1, MostOnTheWay * 32);
        AssertBounded();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(Bounded.Wait));
    }

    // Reads verdicts to their end, and returns the number of the last message that one was about.
    private static async Task<long> CountAsync(ITransport channel)
    {
        await using var stream = new TransportStream(channel);
        byte[] verdict = new byte[9];
        byte[] length = new byte[2];
        long last = 0;
        while (await stream.ReadAtLeastAsync(verdict, 9, throwOnEndOfStream: false) == 9)
        {
            last = BinaryPrimitives.ReadInt64BigEndian(verdict.AsSpan(1));
            if (verdict[0] == 1)
                continue;
            await stream.ReadExactlyAsync(length);
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadUInt16BigEndian(length)]);
        }
        return last;
    }

    // What the program "yes" among some has written.
    private static long Yes(IEnumerable<int> programs) => programs.Where(id => ProcessTable.CommandLine(id).StartsWith("yes ", StringComparison.Ordinal)).Sum(ProcessTable.TryWrittenBytes);

    private async Task<long> UntilStandingStillAsync(Func<long> written, int manager = 0)
    {
        const int Looks = 100;
        var (last, same) = (0L, 0);
        await Bounded.UntilAsync(
            "the flood to stand still",
            () =>
            {
                Look(manager);
                long now = written();
                same = now == last && now > 0 ? same + 1 : 0;
                last = now;
                return same == Looks;
            },
            Long,
            () => $"{last / Mebibyte} MiB");
        return last;
    }

    private void Look(int manager = 0)
    {
        foreach (var (name, id) in new[] { ("alice", Alice.ProcessId), ("bob", Bob.ProcessId), ("carol", Carol.ProcessId), ("r2", manager) })
        {
            if (id != 0)
                _peaks[name] = Math.Max(_peaks.GetValueOrDefault(name), ProcessTable.TryResidentBytes(id));
        }
    }

    private void AssertBounded() => Assert.True(
        _peaks.Values.All(peak => peak is > 0 and < MostResident),
        string.Join(", ", _peaks.Select(p => $"{p.Key} {p.Value / Mebibyte} MiB")));
}
