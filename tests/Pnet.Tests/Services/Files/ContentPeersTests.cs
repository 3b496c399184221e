using Pnet.Addressing;
using Pnet.Services.Content;
using Pnet.Tests.Links;

namespace Pnet.Tests.Services.Files;

/// <summary>Content from several peers, of which some are slow, wrong or gone. They are services of bob, whose neighbour alice is.</summary>
public sealed class ContentPeersTests : NodesTest
{
    private const int Chunk = ContentList.ChunkSize;
    private Node _alice = null!;
    private Node _bob = null!;

    private string Target => Folder.File("target");

    public override async Task InitializeAsync()
    {
        _alice = await Nodes.StartAsync("alice");
        _bob = await Nodes.StartAsync("bob");
        await TestNodes.LinkAsync(_alice, _bob);
    }

    [Fact]
    public async Task Three_peers_send_at_once()
    {
        var bytes = Content(40);
        var peers = new FakePeer[3];
        // None goes on before each has sent something.
        Task All() => Task.WhenAll(peers.Select(peer => peer.Sent));
        for (int i = 0; i < peers.Length; i++)
            peers[i] = new FakePeer(bytes) { AfterFirst = All };

        var fetched = await FetchAsync(bytes, peers);

        Assert.All(fetched.Peers, peer => Assert.True(peer is { Bytes: > 0, Error: null }, $"{peer}"));
        Assert.Equal(bytes.Length, fetched.Peers.Sum(peer => peer.Bytes));
    }

    [Fact]
    public async Task What_a_peer_that_trickles_was_asked_for_another_sends()
    {
        var bytes = Content(12);
        var slow = new FakePeer(bytes) { Trickles = true };
        var fast = new FakePeer(bytes) { Start = slow.Asked };

        var fetched = await FetchAsync(bytes, slow, fast);

        // It was not given up for being slow: that would have taken longer.
        Assert.Equal((0, null), (fetched.Peers[0].Bytes, fetched.Peers[0].Error));
        Assert.Equal(bytes.Length, fetched.Peers[1].Bytes);
    }

    [Fact]
    public async Task Two_peers_that_trickle_hold_nobody_up_either()
    {
        // The first is asked for all of it, the second for one of those.
        var bytes = Content(ContentSource.Ahead);
        var slow = new FakePeer(bytes) { Trickles = true };
        var slower = new FakePeer(bytes) { Trickles = true, Start = slow.Asked };
        var fast = new FakePeer(bytes) { Start = slower.Asked };

        var fetched = await FetchAsync(bytes, slow, slower, fast);

        Assert.Equal((0, 0, bytes.Length), (fetched.Peers[0].Bytes, fetched.Peers[1].Bytes, fetched.Peers[2].Bytes));
        Assert.All(fetched.Peers, peer => Assert.Null(peer.Error));
    }

    [Fact]
    public async Task A_peer_that_sends_a_wrong_chunk_is_dropped_and_told_and_another_sends_it()
    {
        var bytes = Content(12);
        var liar = new FakePeer(bytes) { LiesAfter = 2 };
        var honest = new FakePeer(bytes) { Start = liar.Spent };

        var fetched = await FetchAsync(bytes, liar, honest);

        Assert.Equal((2 * Chunk, bytes.Length - (2 * Chunk)), (fetched.Peers[0].Bytes, fetched.Peers[1].Bytes));
        Assert.Contains("sent a wrong chunk 2", fetched.Peers[0].Error, StringComparison.Ordinal);
        Assert.Null(fetched.Peers[1].Error);
    }

    [Fact]
    public async Task Peers_that_all_send_wrong_chunks_leave_nothing_under_the_name()
    {
        var bytes = Content(3);
        await Waiting.FailsAsync(
            () => FetchAsync(bytes, new FakePeer(bytes) { LiesAfter = 0 }, new FakePeer(bytes) { LiesAfter = 0 }), PnetError.Unreachable, "3 of 3 chunks", "sent a wrong chunk");
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task What_a_peer_that_dies_was_asked_for_another_sends()
    {
        var bytes = Content(12);
        var mortal = new FakePeer(bytes) { EndsAfter = 3 };
        var other = new FakePeer(bytes) { Start = mortal.Spent };

        var fetched = await FetchAsync(bytes, mortal, other);

        Assert.Equal((3 * Chunk, bytes.Length - (3 * Chunk)), (fetched.Peers[0].Bytes, fetched.Peers[1].Bytes));
        Assert.Contains("ended before it had sent all", fetched.Peers[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_all_peers_die_what_came_stays_and_one_that_comes_back_sends_the_rest()
    {
        var bytes = Content(20);
        var mortal = new FakePeer(bytes) { EndsAfter = 3 };
        await Waiting.FailsAsync(
            () => FetchAsync(bytes, mortal, new FakePeer(bytes) { EndsAfter = 2, Start = mortal.Spent }), PnetError.Unreachable, "15 of 20 chunks", "ended before it had sent all");
        Assert.False(File.Exists(Target));

        var fetched = await FetchAsync(bytes, new FakePeer(bytes));

        Assert.Equal((5 * Chunk, bytes.Length - (5 * Chunk)), (fetched.BytesPresent, fetched.Peers[0].Bytes));
        Assert.Equal([Target], Directory.GetFileSystemEntries(Folder.Path));
    }

    private static byte[] Content(int chunks)
    {
        var bytes = new byte[(chunks * Chunk) - 7];
        new Random(chunks).NextBytes(bytes);
        return bytes;
    }

    private async Task<ContentFetch> FetchAsync(byte[] bytes, params FakePeer[] peers)
    {
        var paths = new List<AddressPath>();
        foreach (var peer in peers)
        {
            string name = $"s{Guid.NewGuid():N}"[..20];
            _bob.AddService(name, "", ["*"], peer.ServeAsync);
            paths.Add(AddressPath.Parse($"bob/service:{name}"));
        }
        var address = new ContentAddress(System.Security.Cryptography.SHA256.HashData(FakePeer.ListOf(bytes)));
        var fetched = await new ContentClient(_alice.Control).FetchAsync(address, Target, paths).Soon();
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Target));
        return fetched;
    }
}
