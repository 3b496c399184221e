using System.Text;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Commands;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services.Commands;

/// <summary>
/// Alice calls a command of carol through bob and goes, in whatever state her channel is: a handler that says nothing and reads
/// nothing is cancelled all the same.
/// </summary>
public sealed class CancellationTests : NodeRowTest
{
    /// <summary>What a caller may have said when it goes.</summary>
    public enum Said
    {
        /// <summary>The call, and more may follow.</summary>
        Call,

        /// <summary>The call and the end: it is half-closed.</summary>
        CallAndEnd,

        /// <summary>The call and the next one.</summary>
        TwoCalls,
    }

    /// <summary>How it goes.</summary>
    public enum Going
    {
        /// <summary>It resets the channel.</summary>
        Reset,

        /// <summary>Its link to the relay is lost.</summary>
        LinkLost,

        /// <summary>Its node stops.</summary>
        NodeStops,
    }

    /// <summary>All there are.</summary>
    public static TheoryData<Said, Going, bool> Cases
    {
        get
        {
            var cases = new TheoryData<Said, Going, bool>();
            foreach (var said in Enum.GetValues<Said>())
            {
                foreach (var going in Enum.GetValues<Going>())
                {
                    cases.Add(said, going, false);
                    cases.Add(said, going, true);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_handler_that_is_silent_is_cancelled_when_its_caller_goes(Said said, Going going, bool lent)
    {
        await using var manager = lent ? await ControlClient.ConnectAsync(CarolSocket).Soon() : null;
        var (entered, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var offer = await (manager ?? Carol.Control).RegisterCommandAsync(new CommandInfo { Name = "hang" }, async (_, _, token) =>
        {
            using var registration = token.Register(() => cancelled.TrySetResult());
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        });
        await using var channel = await Alice.Control.OpenAsync(AddressPath.Parse($"bob/{Carol.Id}").WithService("cmd.hang")).Soon();
        await channel.WriteAsync(Encoding.UTF8.GetBytes(said == Said.TwoCalls ? "{}\n{}\n" : "{}\n"));
        if (said == Said.CallAndEnd)
            await channel.EndAsync();
        await entered.Task.Soon();

        await LeaveAsync(going, channel).Soon();

        await cancelled.Task.Soon();
        await Waiting.UntilAsync(() => Carol.Control.GetServicesAsync().Result[0].Active == 0, "the channel is gone");
    }

    [Fact]
    public async Task A_caller_that_has_ended_its_direction_and_stays_gets_all_results()
    {
        await using var offer = await Carol.Control.RegisterCommandAsync(new CommandInfo { Name = "slow" }, async (call, output, token) =>
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Yield();
                await output.WriteAsync(i, token);
            }
        });
        await using var channel = await Alice.Control.OpenAsync(AddressPath.Parse($"bob/{Carol.Id}").WithService("cmd.slow")).Soon();
        await channel.WriteAsync("{}\n{}\n"u8.ToArray());
        await channel.EndAsync();
        var lines = CommandWire.CreateReader(channel);
        var answer = new StringBuilder();
        while (await lines.ReadAsync(default).Soon() is { } line)
            answer.AppendLine(Encoding.UTF8.GetString(line.Span));
        var once = "{\"output\":0}\n{\"output\":1}\n{\"output\":2}\n{\"end\":true}\n";
        Assert.Equal(once + once, answer.ToString().ReplaceLineEndings("\n"));
    }

    private async Task LeaveAsync(Going going, ITransport channel)
    {
        switch (going)
        {
            case Going.Reset:
                await channel.DisposeAsync();
                break;
            case Going.LinkLost:
                await LinkToBob.DisposeAsync();
                break;
            default:
                await Alice.DisposeAsync();
                break;
        }
    }
}
