using Pnet.Addressing;
using Pnet.Control;
using Pnet.Services.Files;
using Pnet.Tests.Links;
using Pnet.Tests.Transports;

namespace Pnet.Tests.Services.Files;

/// <summary>Alice, who copies; bob between; carol, who shares a directory. Alice reaches her through bob.</summary>
internal sealed class FileStage : IAsyncDisposable
{
    private readonly TestNodes _nodes = new();
    private readonly TemporaryDirectory _directory;

    private FileStage(long roomInMemory) => _directory = new TemporaryDirectory(roomInMemory);

    public Node Alice { get; private set; } = null!;

    public Node Carol { get; private set; } = null!;

    public FileClient Client => new(Alice.Control);

    public static AddressPath Address { get; } = AddressPath.Parse("bob/carol");

    /// <summary>What carol shares.</summary>
    public string Share => _directory.File("share");

    /// <summary>Where alice's files are.</summary>
    public string Here => _directory.File("here");

    /// <summary>What is neither.</summary>
    public string Elsewhere => _directory.File("elsewhere");

    public List<FileOutcome> Outcomes { get; } = [];

    public static async Task<FileStage> CreateAsync(FileSharing share = FileSharing.Writable, long roomInMemory = 0)
    {
        var stage = new FileStage(roomInMemory);
        foreach (string directory in new[] { stage.Share, stage.Here, stage.Elsewhere })
            Directory.CreateDirectory(directory);
        stage.Alice = await stage._nodes.StartAsync("alice");
        var bob = await stage._nodes.StartAsync("bob", o => o with { Allow = [stage.Alice.Id.ToString()] });
        stage.Carol = await stage._nodes.StartAsync("carol", o => o with { Allow = [stage.Alice.Id.ToString()] });
        await TestNodes.LinkAsync(stage.Alice, bob);
        await TestNodes.LinkAsync(bob, stage.Carol);
        await stage.Carol.Control.AddServiceAsync(new ServiceRequest { Name = "files", Transport = stage.Share, Share = share });
        return stage;
    }

    public string Write(string path, string text = "text")
    {
        string full = Path.Combine(Here, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public string WriteBytes(string path, int size)
    {
        string full = Path.Combine(Here, path);
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        File.WriteAllBytes(full, bytes);
        return full;
    }

    public Task<FileSummary> SendAsync(string path, string to = "", FileCollision collision = FileCollision.Fail, bool recurse = true) =>
        Client.SendAsync([path], new FileTarget(Address, to), Options(collision, recurse)).Soon();

    public Task<FileSummary> ReceiveAsync(string path, string to, FileCollision collision = FileCollision.Fail, bool recurse = true) =>
        Client.ReceiveAsync(Address, [path], to, Options(collision, recurse)).Soon();

    public string Shared(string path) => Path.Combine(Share, path);

    /// <summary>No file is left that has not arrived whole.</summary>
    public void LeftNothing() => Assert.Empty(Directory.EnumerateFiles(_directory.Path, FilePath.PartialPrefix + "*", SearchOption.AllDirectories));

    public async ValueTask DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _directory.Dispose();
    }

    private FileCopyOptions Options(FileCollision collision, bool recurse)
    {
        Outcomes.Clear();
        return new FileCopyOptions { Collision = collision, Recurse = recurse, Outcome = Outcomes.Add };
    }
}
