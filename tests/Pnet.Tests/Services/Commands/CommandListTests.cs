using System.Text;
using Pnet.Addressing;
using Pnet.Services.Commands;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services.Commands;

/// <summary>What other nodes answer to whoever asks them for their commands.</summary>
public sealed class CommandListTests
{
    [Theory]
    [InlineData("{\"output\":null}", "commands: one without a name")]
    [InlineData("{\"output\":[]}", "commands:")]
    [InlineData("{\"output\":{}}", "commands:")]
    [InlineData("{\"output\":{\"name\":7}}", "commands:")]
    [InlineData("{\"output\":{\"name\":null}}", "commands: one without a name")]
    [InlineData("{\"output\":{\"name\":\"a\",\"parameters\":[null]}}", "commands: one without a name")]
    [InlineData("{\"output\":{\"name\":\"a\",\"parameters\":[{}]}}", "commands: one without a name")]
    [InlineData("{\"output\":{\"name\":\"a\",\"parameters\":[{\"name\":null}]}}", "commands: one without a name")]
    [InlineData("{}", "without output")]
    [InlineData("{\"output\":{\"name\":\"a\"}}", "ended without an answer")]
    public async Task What_is_no_list_is_told_to_be_none(string answer, string words) =>
        Waiting.Tells(await Assert.ThrowsAsync<PnetException>(() => ListAsync(answer + "\n")), words.StartsWith("ended", StringComparison.Ordinal) ? PnetError.Failed : PnetError.Protocol, words);

    [Fact]
    public async Task An_error_in_place_of_a_list_is_told_as_one() =>
        Assert.Equal("no", (await Assert.ThrowsAsync<CommandException>(() => ListAsync("{\"error\":{\"message\":\"no\"}}\n{\"end\":true}\n"))).Message);

    [Fact]
    public async Task A_list_without_an_end_is_broken_off()
    {
        var line = $"{{\"output\":{{\"name\":\"a\",\"help\":\"{new string('x', 1 << 20)}\"}}}}\n";
        Waiting.Tells(await Assert.ThrowsAsync<PnetException>(() => ListAsync(string.Concat(Enumerable.Repeat(line, 17)))), PnetError.Protocol, $"more than {CommandClient.MaxListed} characters");
    }

    private static async Task<IReadOnlyList<CommandInfo>> ListAsync(string answer)
    {
        var (near, far) = MemoryTransport.CreatePair();
        var answering = AnswerAsync(far, answer);
        try
        {
            return await new CommandClient(new Opened(near)).GetCommandsAsync(AddressPath.Self).Soon();
        }
        finally
        {
            await far.DisposeAsync();
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task AnswerAsync(MemoryTransport far, string answer)
    {
        await far.WriteAsync(Encoding.UTF8.GetBytes(answer));
        await far.EndAsync();
    }
}
