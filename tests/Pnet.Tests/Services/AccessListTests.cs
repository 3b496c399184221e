using Pnet.Addressing;
using Pnet.Services;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Services;

public sealed class AccessListTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string File => _directory.File("trust");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Nobody_is_known_unless_written_down()
    {
        Assert.Empty(new AccessList().Nodes);
        Assert.Empty(new AccessList(File).Nodes);
        Assert.False(System.IO.File.Exists(File));
        Assert.False(AccessRule.KnownOnly.Allows(Id(1), known: false));
        Assert.True(AccessRule.KnownOnly.Allows(Id(1), known: true));
    }

    [Fact]
    public void A_trust_file_has_ids_names_and_comments()
    {
        System.IO.File.WriteAllText(File, $"# who may\n\n  {Id(1)}\tbob # a friend\n{Id(2)}\nx25519:{Id(3)} carol\r\n");
        var list = new AccessList(File);
        Assert.Equal(
            new[] { (Id(1), "bob"), (Id(2), null), (Id(3), "carol") }.OrderBy(n => n.Item1),
            list.Nodes.Select(n => (n.Id, n.Name)));
        Assert.All(list.Nodes, n => Assert.Equal(AccessSource.TrustFile, n.Source));
        Assert.Equal(Id(1), list.Resolve("bob"));
        Assert.Equal(Id(9), list.Resolve(Id(9).ToString()));
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("{0} bob carol")]
    [InlineData("{0} b/b")]
    [InlineData("{0}{0}")]
    [InlineData("bob {0}")]
    public void A_line_of_another_form_is_named_with_its_number(string line)
    {
        System.IO.File.WriteAllText(File, $"# first\n{Id(1)}\n{string.Format(System.Globalization.CultureInfo.InvariantCulture, line, Id(2))}\n");
        Waiting.Tells(Assert.Throws<PnetException>(() => new AccessList(File)), PnetError.Usage, $"{File}, line 3");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_write_is_refused(UnixFileMode others)
    {
        if (OperatingSystem.IsWindows())
            return;
        System.IO.File.WriteAllText(File, "");
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        var failure = Assert.Throws<PnetException>(() => new AccessList(File));
        Waiting.Tells(failure, PnetError.PermissionDenied, File, "can be written by others");
        Assert.Contains("chmod go-w", failure.Action, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_granted_and_revoked_is_kept_in_a_file_of_the_owners_alone()
    {
        var list = new AccessList(File);
        list.Grant(new KnownNode(Id(1), "bob", AccessSource.TrustFile));
        list.Grant(new KnownNode(Id(2), null, AccessSource.TrustFile));
        list.Grant(new KnownNode(Id(3), null, AccessSource.Pinned));
        list.Revoke(Id(2));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal("bob", Assert.Single(new AccessList(File).Nodes).Name);
        Assert.True(list.IsKnown(Id(3)));
        Assert.False(list.IsKnown(Id(2)));
    }

    [Fact]
    public void What_could_not_be_written_down_is_not_granted()
    {
        var list = new AccessList(File);
        list.Grant(new KnownNode(Id(1), null, AccessSource.Pinned));
        // No file can be put in its place.
        Directory.CreateDirectory(File);
        foreach (var id in new[] { Id(1), Id(2) })
            Assert.Throws<PnetException>(() => list.Grant(new KnownNode(id, "bob", AccessSource.TrustFile)));
        Assert.Equal(AccessSource.Pinned, Assert.Single(list.Nodes).Source);
    }

    [Fact]
    public void A_passing_source_never_hides_the_lasting_one()
    {
        var list = new AccessList(File);
        list.Grant(new KnownNode(Id(1), "bob", AccessSource.TrustFile));
        list.Grant(new KnownNode(Id(1), null, AccessSource.Pinned));
        Assert.Equal(("bob", AccessSource.TrustFile), (Assert.Single(list.Nodes).Name, list.Nodes[0].Source));
        list.Grant(new KnownNode(Id(2), null, AccessSource.Allow));
        list.Grant(new KnownNode(Id(2), "carol", AccessSource.TrustFile));
        Assert.Equal(Id(2), new AccessList(File).Resolve("carol"));
    }

    [Fact]
    public void Who_is_not_known_can_not_be_revoked_or_named()
    {
        var list = new AccessList();
        Waiting.Tells(Assert.Throws<PnetException>(() => list.Revoke(Id(1))), PnetError.NotFound, Id(1).ToString(), "is not trusted");
        Waiting.Tells(Assert.Throws<PnetException>(() => list.Resolve("bob")), PnetError.NotFound, "bob");
        Waiting.Tells(Assert.Throws<PnetException>(() => list.Resolve("b o b")), PnetError.Usage, "b o b");
        Assert.Throws<PnetException>(() => AccessRule.Parse(["nobody"], list));
    }

    [Fact]
    public void A_rule_is_read_and_joined()
    {
        var list = new AccessList();
        list.Grant(new KnownNode(Id(1), "bob", AccessSource.TrustFile));
        var rule = AccessRule.Parse(["bob", Id(2).ToString()], list);
        Assert.True(rule.Allows(Id(1), known: false) && rule.Allows(Id(2), known: false));
        Assert.False(rule.Allows(Id(3), known: false));
        var open = rule.Or(AccessRule.Parse([AccessRule.Everyone], list));
        Assert.True(open.Allows(Id(3), known: false));
        Assert.Equal(["*", Id(1).ToString(), Id(2).ToString()], open.ToStrings());
    }

    [Fact]
    public async Task Many_may_grant_at_once()
    {
        var list = new AccessList(File);
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i => Task.Run(() => list.Grant(new KnownNode(Id((byte)i), $"n{i}", AccessSource.TrustFile))))).Soon();
        Assert.Equal(40, new AccessList(File).Nodes.Count);
    }

    private static NodeId Id(byte seed) => new(Enumerable.Range(seed, 32).Select(i => (byte)i).ToArray());
}
