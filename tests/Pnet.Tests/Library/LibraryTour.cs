using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Crypto;
using Pnet.Services.Commands;
using Pnet.Services.Content;
using Pnet.Services.Files;
using Pnet.Services.Messages;
using Pnet.Services.Streams;
using Pnet.Tests.Protocol;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Library;

/// <summary>The program of docs/library.md. Each of its parts is a block of that page, and it runs as written.</summary>
public sealed class LibraryTour
{
    private const string Page = "docs/library.md";

    [Fact]
    public async Task The_program_of_the_page_does_what_the_page_says()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var cancellationToken = limit.Token;
        using var directory = new TemporaryDirectory();
        string photos = directory.File("photos");
        Directory.CreateDirectory(photos);
        string picture = directory.File("picture.png");
        await File.WriteAllBytesAsync(picture, RandomNumberGenerator.GetBytes(3_000_000), cancellationToken);

        #region nodes
        // Alice and carol know each other; both are linked to bob alone, who carries what he can't read.
        await using var alice = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate(), Name = "alice" }, cancellationToken);
        await using var bob = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate(), Name = "bob", Listen = ["tcp://127.0.0.1:0"] }, cancellationToken);
        await using var carol = await Node.StartAsync(new NodeOptions { Key = NodeKey.Generate(), Name = "carol", Allow = [$"{alice.Id}"] }, cancellationToken);
        foreach (var node in new[] { alice, carol })
        {
            var listener = (await bob.Control.GetListenersAsync(cancellationToken)).Single();
            await node.Control.ConnectAsync(new ConnectRequest { Transport = listener.Endpoint, ExpectedId = bob.Id }, cancellationToken);
        }
        var target = AddressPath.Parse($"bob/{carol.Id}");
        #endregion
        Assert.Equal(carol.Id, (await alice.Control.At(target).GetNodeAsync(cancellationToken)).Id);

        #region messages
        await new MessageClient(alice.Control).SendAsync(target, Message.FromText("the build is green"), cancellationToken);
        await foreach (var message in new MessageClient(carol.Control).ReceiveAsync(count: 1, cancellationToken: cancellationToken))
            Console.WriteLine($"{message.FromName}: {message.Text}");
        #endregion

        #region command-offer
        var add = new CommandInfo { Name = "add", Help = "Adds two numbers.", Parameters = [new("a", "int", Mandatory: true), new("b", "int", Mandatory: true)] };
        await using var offer = await carol.Control.RegisterCommandAsync(
            add, (call, token) => Task.FromResult<JsonNode?>(call.GetInt64("a") + call.GetInt64("b")), cancellationToken: cancellationToken);
        #endregion
        #region command-call
        var commands = new CommandClient(alice.Control);
        var sum = await commands.CallAsync(target, "add", [1, 2], cancellationToken);
        try
        {
            await commands.CallAsync(target, "add", ["one", 2], cancellationToken);
        }
        catch (CommandException e)
        {
            Console.WriteLine(e.Message);
        }
        #endregion
        Assert.Equal(3, sum?.GetInt64());

        #region stream-offer
        await using var sha256 = await carol.Control.RegisterStreamAsync("sha256", async (input, output, token) =>
            await output.WriteAsync(await SHA256.HashDataAsync(input, token), token));
        #endregion
        var hashes = new Dictionary<string, string>();
        #region stream-use
        AddressPath[] services = [target.WithService("sha256"), AddressPath.Parse("bob/service:sha256")];
        await using var file = File.OpenRead(picture);
        await foreach (var result in new StreamClient(alice.Control).InvokeAsync(services, file, async (_, output, token) =>
        {
            var hash = new byte[SHA256.HashSizeInBytes];
            await output.ReadExactlyAsync(hash, token);
            return Convert.ToHexString(hash);
        }, cancellationToken: cancellationToken))
        {
            hashes[$"{result.Target}"] = result.Output ?? result.Failure!.Message;
        }
        #endregion
        Assert.Equal(Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(picture, cancellationToken))), hashes[$"{services[0]}"]);
        Assert.Contains("refused", hashes["bob/service:sha256"], StringComparison.Ordinal);

        #region files
        await carol.Control.AddServiceAsync(new ServiceRequest { Name = FileTarget.DefaultService, Transport = photos, Share = FileSharing.Writable }, cancellationToken);
        var summary = await new FileClient(alice.Control).SendAsync([picture], new FileTarget(target, "2026/"), cancellationToken: cancellationToken);
        Console.WriteLine($"{summary.Copied} file, {summary.BytesSent} bytes in {summary.Elapsed}");
        #endregion
        Assert.Equal(await File.ReadAllBytesAsync(picture, cancellationToken), await File.ReadAllBytesAsync(Path.Combine(photos, "2026", "picture.png"), cancellationToken));

        string copy = directory.File("copy.png");
        #region content
        var published = await new ContentClient(carol.Control).PublishAsync(picture, cancellationToken);
        var fetched = await new ContentClient(alice.Control).FetchAsync(ContentAddress.Parse(published.Address), copy, [target], cancellationToken: cancellationToken);
        Console.WriteLine($"{fetched.Length} bytes of {fetched.Address}");
        #endregion
        Assert.Equal(await File.ReadAllBytesAsync(picture, cancellationToken), await File.ReadAllBytesAsync(copy, cancellationToken));
    }

    [Theory]
    [InlineData("nodes")]
    [InlineData("messages")]
    [InlineData("command-offer")]
    [InlineData("command-call")]
    [InlineData("stream-offer")]
    [InlineData("stream-use")]
    [InlineData("files")]
    [InlineData("content")]
    public void Each_block_of_the_page_is_a_part_of_the_program(string name) => new DocumentBlock(Page, name).AssertIs(Region(name));

    // A region's lines as they stand at the left of a page.
    private static string Region(string name)
    {
        var lines = Repository.Read("tests/Pnet.Tests/Library/LibraryTour.cs").Split('\n').Select(l => l.TrimEnd('\r'))
            .SkipWhile(l => l.Trim() != $"#region {name}").Skip(1).TakeWhile(l => l.Trim() != "#endregion").ToList();
        int indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Concat(lines.Select(l => (l.Length > 0 ? l[indent..] : l) + "\n"));
    }
}
