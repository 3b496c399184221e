using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Services;

/// <summary>Messages between daemons, also through one that relays and can't read them.</summary>
public sealed class MessageTests : RowTest
{
    [Fact]
    public async Task Text_and_standard_input_reach_a_far_inbox_and_are_read_once()
    {
        string carol = ToCarol;
        (await Alice.R2Async("send", carol, "hello", "there")).Succeeds();
        (await Alice.R2Async("two\nlines"u8.ToArray(), "send", carol)).Succeeds();
        (await Alice.R2Async(new byte[] { 0, 255 }, "send", "--bytes", carol)).Succeeds();

        var messages = (await Carol.R2Async("recv", "--json")).Succeeds().Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.Equal(["hello there", "two\nlines", null], messages.Select(m => m.GetProperty("text").GetString()));
        Assert.Equal("AP8=", messages[2].GetProperty("base64").GetString());
        Assert.All(messages, m => Assert.Equal((Alice.Id, "alice"), (m.GetProperty("from").GetString(), m.GetProperty("name").GetString())));
        Assert.Empty((await Carol.R2Async("recv")).Succeeds().Output);
    }

    [Fact]
    public async Task A_reader_that_waits_has_each_message_at_once()
    {
        var reader = Carol.StartR2("recv", "--wait", "-n", "2");
        (await Alice.R2Async("send", ToCarol, "one")).Succeeds();
        await reader.LineAsync("alice: one");
        (await Alice.R2Async("send", ToCarol, "two")).Succeeds();
        await reader.LineAsync("alice: two");
        Assert.Equal(0, await reader.ExitAsync());
    }

    [Fact]
    public async Task What_is_no_text_is_not_sent_as_such_and_what_could_not_be_written_is_not_lost()
    {
        Assert.Contains("--bytes", (await Alice.R2Async(new byte[] { 0xc3, 0x28 }, "send", "bob")).FailsWith(2), StringComparison.Ordinal);
        (await Alice.R2Async("send", "bob", "kept", "\u202e\u009b31m")).Succeeds();
        Finished full = await Network.ShAsync($"r2 -s {Bob.SocketPath} recv >/dev/full");
        Assert.Contains("standard output: ", full.FailsWith(1), StringComparison.Ordinal);
        Assert.Equal("alice: kept \\u202e\\u009b31m\n", (await Bob.R2Async("recv")).Succeeds().Output);
    }

    [Fact]
    public async Task One_of_several_targets_that_fails_is_named_and_the_others_have_it()
    {
        Finished sent = await Alice.R2Async("send", $"bob,nobody,bob/{Carol.Id}", "hi");
        string error = sent.FailsWith(3);
        Assert.Contains("nobody: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Equal("alice: hi\n", (await Bob.R2Async("recv")).Succeeds().Output);
        Assert.Equal("alice: hi\n", (await Carol.R2Async("recv")).Succeeds().Output);
    }

    [Fact]
    public async Task A_star_is_every_known_neighbour()
    {
        (await Alice.R2Async("send", "*", "all")).Succeeds();
        Assert.Equal("alice: all\n", (await Bob.R2Async("recv")).Succeeds().Output);
        Assert.Empty((await Carol.R2Async("recv")).Succeeds().Output);
        // Carol trusts alice, who is no neighbour of hers, and not bob.
        Assert.Contains("* means nobody", (await Carol.R2Async("send", "*", "all")).FailsWith(3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_known_may_not_send_and_what_is_wrong_is_said()
    {
        Assert.Contains("does not know", (await Bob.R2Async("send", "carol", "hi")).FailsWith(4), StringComparison.Ordinal);
        Assert.Contains("is a service", (await Alice.R2Async("send", "bob/service:x", "hi")).FailsWith(2), StringComparison.Ordinal);
        Assert.Contains("no message came within 0.1 s", (await Carol.R2Async("recv", "--timeout", "100ms")).FailsWith(3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_16_MiB_is_whole_and_a_byte_more_is_refused()
    {
        var body = new byte[(16 << 20) + 1];
        new Random(1).NextBytes(body);
        string carol = ToCarol;
        Assert.Contains("16 MiB", (await Alice.R2Async(body, "send", "-b", carol)).FailsWith(2), StringComparison.Ordinal);
        (await Alice.R2Async(body.AsMemory(1), "send", "-b", carol)).Succeeds();
        Assert.True((await Carol.R2Async("recv", "--raw")).Succeeds().Bytes.AsSpan().SequenceEqual(body.AsSpan(1)));
    }

    [Fact]
    public async Task A_full_inbox_is_told_to_the_sender()
    {
        var large = new byte[16 << 20];
        string carol = ToCarol;
        for (int i = 0; i < 4; i++)
            (await Alice.R2Async(large, "send", "-b", carol)).Succeeds();
        Assert.Contains("the inbox is full", (await Alice.R2Async("send", carol, "one more")).FailsWith(1), StringComparison.Ordinal);
        Assert.Equal(large.Length, (await Carol.R2Async("recv", "-n", "1", "--raw")).Succeeds().Bytes.Length);
        (await Alice.R2Async("send", carol, "one more")).Succeeds();
    }

    [Fact]
    public async Task Objects_are_taken_only_with_the_option()
    {
        Daemon dave = await Network.DaemonAsync("dave", "--allow", Alice.Id, "--accept-objects");
        await TestNetwork.LinkAsync(Bob, dave);
        await Alice.WithControlAsync(async control =>
        {
            var client = new Pnet.Services.Messages.MessageClient(control);
            var message = Pnet.Services.Messages.Message.FromClixml("<Objs/>");
            await client.SendAsync(Pnet.Addressing.AddressPath.Parse($"bob/{dave.Id}"), message);
            var refused = await Assert.ThrowsAsync<PnetException>(() => client.SendAsync(Pnet.Addressing.AddressPath.Parse($"bob/{Carol.Id}"), message));
            Assert.Contains("takes no objects", refused.Message, StringComparison.Ordinal);
            return true;
        });
        Assert.Equal("alice: (an object, 7 B)\n", (await dave.R2Async("recv")).Succeeds().Output);
        Assert.Empty((await Carol.R2Async("recv")).Succeeds().Output);
    }

    [Fact]
    public async Task Nine_of_ten_have_it_when_one_can_not_be_reached()
    {
        var names = new List<string> { "bob", $"bob/{Carol.Id}" };
        var far = new List<Daemon> { Bob, Carol };
        for (int i = 0; i < 7; i++)
        {
            Daemon node = await Network.DaemonAsync($"far{i}", "--allow", Alice.Id);
            await TestNetwork.LinkAsync(Bob, node);
            names.Add($"bob/{node.Id}");
            far.Add(node);
        }

        Finished sent = await Alice.R2Async("send", "--json", string.Join(',', names.Take(4).Append("bob/nobody").Concat(names.Skip(4))), "hi");

        var told = sent.Exits(3).Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(one => one.GetProperty("node").GetString()!);
        Assert.Equal(10, told.Count);
        Assert.Contains("nobody", told["bob/nobody"].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.All(names, name => Assert.False(told[name].TryGetProperty("error", out _), name));
        foreach (Daemon node in far)
            Assert.Equal("alice: hi\n", (await node.R2Async("recv")).Succeeds().Output);
    }

    [Fact]
    public async Task An_empty_text_is_a_message_and_what_begins_with_a_dash_comes_after_two()
    {
        string carol = $"bob/{Carol.Id}";
        // Standard input is not asked for what the text would be.
        (await Alice.R2Async("no"u8.ToArray(), "send", carol, "")).Succeeds();
        (await Alice.R2Async("send", carol, "--", "--json")).Succeeds();
        (await Alice.R2Async("send", carol, "-5")).Succeeds();
        Assert.Equal("alice: \nalice: --json\nalice: -5\n", (await Carol.R2Async("recv")).Succeeds().Output);
        JsonElement failed = JsonDocument.Parse((await Alice.R2Async("send", "--json", "nobody", "hi")).Exits(3).Output).RootElement;
        Assert.Equal("nobody", failed.GetProperty("node").GetString());
    }
}
