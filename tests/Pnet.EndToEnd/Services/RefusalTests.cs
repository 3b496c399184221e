using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Services;

/// <summary>What the user of <c>r2</c> is told where a node refuses, at the other end of a relay or on the way: what it is, and what to do.</summary>
public sealed class RefusalTests : RowTest
{
    [Fact]
    public async Task A_node_that_is_not_known_is_told_so_and_who_can_change_it()
    {
        Says((await Carol.R2Async("send", $"bob/{Alice.Id}", "hi")).FailsWith(4), $"does not know {Carol.Id}", "r2 trust ID");
        Says((await Carol.R2Async("cp", Network.PathOf("carol.key"), $"bob/{Alice.Id}:")).FailsWith(4), $"does not know {Carol.Id}", "r2 trust ID");
    }

    [Fact]
    public async Task A_name_that_a_node_on_the_way_does_not_tell_can_be_an_id()
    {
        Says((await Carol.R2Async("ping", "-c", "1", "bob/alice")).FailsWith(4), "bob does not tell who \"alice\" is", $"does not know {Carol.Id}", "give the whole id");
        (await Carol.R2Async("ping", "-c", "1", $"bob/{Alice.Id}")).Succeeds();
    }

    [Fact]
    public async Task A_share_for_reading_says_how_it_takes_files()
    {
        string share = Directory.CreateDirectory(Network.PathOf("share")).FullName;
        await File.WriteAllTextAsync(Network.PathOf("f"), "f");
        (await Carol.R2Async("serve", "--directory", share)).Succeeds();

        string line = (await Alice.R2Async("cp", Network.PathOf("f"), $"{ToCarol}:")).FailsWith(4);

        Says(line, "read-only", "r2 serve --write");
        Assert.DoesNotContain("access", line, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(share));
    }

    [Fact]
    public async Task A_node_that_does_not_relay_is_named()
    {
        Daemon dave = await Network.DaemonAsync("dave", "--no-relay", "--allow", Alice.Id);
        await TestNetwork.LinkAsync(Alice, dave);
        await TestNetwork.LinkAsync(dave, Bob);

        string line = (await Alice.R2Async("send", "dave/bob", "hi")).FailsWith(4);

        Says(line, "dave: it does not relay", "another way", "--no-relay");
        Assert.DoesNotContain("access", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_not_there_and_one_that_does_not_open_are_told_apart()
    {
        string missing = Network.PathOf("missing");
        (await Carol.R2Async("serve", "-n", "broken", $"unix://{missing}")).Succeeds();

        Says((await Alice.R2Async("invoke", ToCarol, "none")).FailsWith(3), "no service \"none\" is offered", "r2 services NODE");
        Says((await Alice.R2Async("invoke", ToCarol, "broken")).FailsWith(3), "service \"broken\" can't be opened", missing, "tell its owner");
        Says((await Alice.R2Async("call", ToCarol, "none")).FailsWith(3), "has no command \"none\"", "r2 commands");
    }

    private static void Says(string line, params string[] words) => Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
}
