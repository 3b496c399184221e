using System.Security.Cryptography;
using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Content;
using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>Content by its address: alice fetches what bob, carol and dave publish. Bob is her neighbour, the others are behind him.</summary>
public sealed class ContentTests : NodesTest
{
    private const int Length = (5 * ContentList.ChunkSize) + 12345;
    private readonly byte[] _bytes = new byte[Length];
    private Node _alice = null!;
    private Node _bob = null!;
    private Node _carol = null!;

    private string Source => Folder.File("source");

    private string Target => Folder.File("target");

    public override async Task InitializeAsync()
    {
        new Random(1).NextBytes(_bytes);
        await File.WriteAllBytesAsync(Source, _bytes);
        _alice = await Nodes.StartAsync("alice");
        _bob = await Nodes.StartAsync("bob", o => o with { Allow = [_alice.Id.ToString()] });
        _carol = await Nodes.StartAsync("carol", o => o with { Allow = [_alice.Id.ToString()] });
        await TestNodes.LinkAsync(_alice, _bob);
        await TestNodes.LinkAsync(_bob, _carol);
    }

    [Fact]
    public async Task Content_comes_from_several_at_once_and_each_gives_a_part()
    {
        var address = await PublishAsync(_bob);
        Assert.Equal(address, await PublishAsync(_carol));
        var fetched = await FetchAsync(address, "bob", "bob/carol");
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Target));
        Assert.Equal(Length, fetched.Peers.Sum(peer => peer.Bytes));
        Assert.All(fetched.Peers, peer => Assert.Null(peer.Error));
        Assert.False(File.Exists(Partial(address)));
    }

    [Fact]
    public async Task Neighbours_are_asked_where_nobody_is_named()
    {
        var peers = await _alice.Control.GetNeighboursAsync();
        var fetched = await new ContentClient(_alice.Control).FetchAsync(await PublishAsync(_bob), Target, peers).Soon();
        Assert.Equal(_bob.Id.ToString(), Assert.Single(fetched.Peers).Peer);
        await Assert.ThrowsAsync<ArgumentException>(() => new ContentClient(_alice.Control).FetchAsync(ContentAddress.Parse(fetched.Address), Target, []));
        await using var lonely = new TestNodes();
        await (await lonely.StartAsync("dave")).Control.GetNeighboursAsync().FailsAsync(PnetError.Unreachable, "no neighbour");
    }

    [Fact]
    public async Task The_address_is_the_hash_of_the_list_of_the_hashes_of_the_chunks()
    {
        var address = await PublishAsync(_bob);
        var list = new List<byte>("pnetcas\u0001"u8.ToArray());
        list.AddRange([0, 0, 0, 0, 0, (Length >> 16) & 0xff, (Length >> 8) & 0xff, Length & 0xff]);
        for (int start = 0; start < Length; start += 1024 * 1024)
            list.AddRange(SHA256.HashData(_bytes.AsSpan(start, Math.Min(1024 * 1024, Length - start))));
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(list.ToArray())), address.ToString());
    }

    [Fact]
    public async Task An_empty_file_has_an_address_too()
    {
        await File.WriteAllBytesAsync(Source, []);
        await FetchAsync(await PublishAsync(_bob), "bob");
        Assert.Empty(await File.ReadAllBytesAsync(Target));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(20)]
    public async Task A_list_of_something_else_is_believed_by_nobody(int position)
    {
        var address = await PublishAsync(_carol);
        _bob.AddService("lies", "", ["*"], async (_, transport, token) =>
        {
            await transport.ReadExactlyAsync(new byte[32], token);
            var list = FakePeer.ListOf(_bytes);
            list[position] ^= 1;
            await transport.WriteAsync(list, token);
            await transport.ReadAsync(new byte[1], token);
        });
        var failure = await Waiting.FailsAsync(() => FetchAsync(address, "bob/service:lies"), PnetError.NotFound, "nobody has");
        Assert.Contains("sent a list that is not that of", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task What_a_break_has_left_is_checked_and_not_fetched_again()
    {
        var address = await PublishAsync(_bob);
        var part = _bytes[..(3 * ContentList.ChunkSize)];
        part[ContentList.ChunkSize + 7] ^= 1;
        await File.WriteAllBytesAsync(Partial(address), part);
        var fetched = await FetchAsync(address, "bob");
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Target));
        Assert.Equal((2 * ContentList.ChunkSize, Length - (2 * ContentList.ChunkSize)), (fetched.BytesPresent, fetched.Peers[0].Bytes));
    }

    [Fact]
    public async Task A_peer_that_says_nothing_holds_nobody_up()
    {
        var address = await PublishAsync(_carol);
        _bob.AddService("mute", "", ["*"], async (_, transport, token) => await transport.ReadExactlyAsync(new byte[64], token));
        await FetchAsync(address, "bob/service:mute", "bob/carol");
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task What_was_changed_is_published_no_longer()
    {
        var address = await PublishAsync(_bob);
        await File.AppendAllTextAsync(Source, "more");
        await Waiting.FailsAsync(() => FetchAsync(address, "bob"), PnetError.NotFound, "not published");
    }

    [Fact]
    public async Task A_file_that_is_there_stays_unless_it_is_to_be_replaced()
    {
        var address = await PublishAsync(_bob);
        await File.WriteAllTextAsync(Target, "mine");
        await Waiting.FailsAsync(() => FetchAsync(address, "bob"), PnetError.AlreadyExists);
        Assert.Equal("mine", await File.ReadAllTextAsync(Target));
        await ReplaceAsync(address);
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task What_is_no_file_keeps_its_name_also_where_a_file_would_be_replaced()
    {
        var address = await PublishAsync(_bob);
        using (var process = System.Diagnostics.Process.Start("mkfifo", [Target]))
            await process.WaitForExitAsync().Soon();
        await Waiting.FailsAsync(() => ReplaceAsync(address), PnetError.AlreadyExists, "a FIFO has that name");
        File.Delete(Target);
        File.CreateSymbolicLink(Target, Folder.File("nowhere"));
        await Waiting.FailsAsync(() => FetchAsync(address, "bob"), PnetError.AlreadyExists, "is there already");
        await ReplaceAsync(address);
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Target));
        Assert.False(File.Exists(Folder.File("nowhere")));
    }

    [Fact]
    public async Task A_file_that_comes_meanwhile_stays()
    {
        var peer = new FakePeer(_bytes) { AfterFirst = () => File.WriteAllTextAsync(Target, "mine") };
        _bob.AddService("fake", "", ["*"], peer.ServeAsync);
        var address = await PublishAsync(_bob);
        await Waiting.FailsAsync(() => FetchAsync(address, "bob/service:fake"), PnetError.AlreadyExists, "is there already");
        Assert.Equal("mine", await File.ReadAllTextAsync(Target));
        Assert.Equal(Length, (await ReplaceAsync(address)).BytesPresent);
    }

    [Fact]
    public async Task Only_the_owner_publishes_and_lists_and_a_stranger_fetches_nothing()
    {
        var address = await PublishAsync(_bob);
        var client = new ContentClient(_bob.Control);
        Assert.Equal((address.ToString(), Source), (await client.GetPublishedAsync()).Select(c => (c.Address, c.Path)).Single());
        await _alice.Control.OpenAsync(AddressPath.Parse("bob/service:publications")).FailsAsync(PnetError.Refused);
        await _bob.Control.RevokeAccessAsync(_alice.Id.ToString());
        await Waiting.FailsAsync(() => FetchAsync(address, "bob"), PnetError.NotFound, "nobody has");
        await client.UnpublishAsync(address);
        Assert.Empty(await client.GetPublishedAsync());
        await client.UnpublishAsync(address).FailsAsync(PnetError.NotFound);
    }

    [Fact]
    public async Task What_is_no_file_is_not_published_and_holds_nobody_up()
    {
        string fifo = Folder.File("fifo");
        using (var process = System.Diagnostics.Process.Start("mkfifo", [fifo]))
            await process.WaitForExitAsync().Soon();
        foreach (string path in new[] { fifo, "/dev/zero", Folder.Path })
            await Waiting.FailsAsync(() => new ContentClient(_bob.Control).PublishAsync(path).Soon(), PnetError.Usage, "is no file");
        // What has become one since is published no longer.
        var address = await PublishAsync(_bob);
        File.Move(fifo, Source, overwrite: true);
        await Waiting.FailsAsync(() => FetchAsync(address, "bob"), PnetError.NotFound, "bob: that is not published here");
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link_and_no_directory_is_taken_for_a_file()
    {
        var address = await PublishAsync(_bob);
        await File.WriteAllTextAsync(Folder.File("other"), "kept");
        File.CreateSymbolicLink(Partial(address), Folder.File("other"));
        await Waiting.FailsAsync(() => FetchAsync(address, "bob"), PnetError.Refused, "a symbolic link is in the way");
        Assert.Equal("kept", await File.ReadAllTextAsync(Folder.File("other")));
        File.Delete(Folder.File("other"));
        await Waiting.FailsAsync(() => FetchAsync(address, "bob"), PnetError.Refused, "a symbolic link is in the way");
        Assert.False(File.Exists(Folder.File("other")));
        Directory.CreateDirectory(Target);
        await Waiting.FailsAsync(() => FetchAsync(address, "bob"), PnetError.Usage, "is a directory");
    }

    [Fact]
    public async Task Two_fetches_to_one_place_at_once_leave_a_whole_file()
    {
        var address = await PublishAsync(_bob);
        async Task<bool> TryAsync()
        {
            try
            {
                await FetchAsync(address, "bob");
                return true;
            }
            catch (PnetException e) when (e.Error is PnetError.Failed or PnetError.Refused or PnetError.AlreadyExists || e.Message.Contains("file exists", StringComparison.Ordinal))
            {
                return false;
            }
        }
        bool[] done = await Task.WhenAll(TryAsync(), TryAsync(), TryAsync());
        Assert.Contains(true, done);
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Target));
        Assert.False(File.Exists(Partial(address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:zz")]
    [InlineData("sha1:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("sha256:000000000000000000000000000000000000000000000000000000000000000g")]
    public void What_is_no_address_is_told(string text) => Assert.Throws<FormatException>(() => ContentAddress.Parse(text));

    private async Task<ContentAddress> PublishAsync(Node node) =>
        ContentAddress.Parse((await new ContentClient(node.Control).PublishAsync(Source).Soon()).Address);

    private Task<ContentFetch> FetchAsync(ContentAddress address, params string[] peers) =>
        new ContentClient(_alice.Control).FetchAsync(address, Target, [.. peers.Select(AddressPath.Parse)]).Soon();

    private Task<ContentFetch> ReplaceAsync(ContentAddress address) =>
        new ContentClient(_alice.Control).FetchAsync(address, Target, [AddressPath.Parse("bob")], new ContentFetchOptions { Overwrite = true }).Soon();

    private string Partial(ContentAddress address) => Folder.File(FilePath.PartialName(address.ToString()));
}
