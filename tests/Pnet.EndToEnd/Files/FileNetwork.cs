using System.Security.Cryptography;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Files;

/// <summary>Daemons that copy: a is the user's, b is a relay, c shares a directory that a may write to.</summary>
internal sealed class FileNetwork : IAsyncDisposable
{
    private readonly string? _gated;

    private FileNetwork(IReadOnlyList<string> before, string? gated, long roomInMemory)
    {
        (Before, _gated) = (before, gated);
        Network = new TestNetwork(roomInMemory);
        Gate = new Gate(PathOf("gate"), PathOf("b.link"));
    }

    public TestNetwork Network { get; }

    /// <summary>What the link of the one that is gated passes on its way to b.</summary>
    public Gate Gate { get; }

    public Daemon A { get; private set; } = null!;

    public Daemon B { get; private set; } = null!;

    public Daemon C { get; private set; } = null!;

    /// <summary>What c shares.</summary>
    public string Share => PathOf("share");

    private IReadOnlyList<string> Before { get; }

    // A gate that is shut lets no keep-alive pass either, for as long as what is looked at meanwhile takes.
    private string[] KeepAlive => _gated is null ? [] : ["--keep-alive", "5m"];

    private static string Endpoint(string path) => $"unix://{path}";

    /// <summary>Starts them.</summary>
    /// <param name="before">The program that starts those at the ends, with its arguments, where they are not to be started as they are.</param>
    /// <param name="gated">The name of the daemon whose link to b goes through <see cref="Gate"/>, if one's does.</param>
    /// <param name="roomInMemory">As <see cref="TestNetwork(long)"/> has it.</param>
    public static async Task<FileNetwork> StartAsync(IReadOnlyList<string>? before = null, string? gated = null, long roomInMemory = 0)
    {
        var files = new FileNetwork(before ?? [], gated, roomInMemory);
        try
        {
            // Open to all, as those at the ends may be another user's.
            (await files.Network.ShAsync($"chmod 777 {files.Network.Directory}; mkdir -m 777 {files.Share}")).Succeeds();
            files.A = await files.Network.DaemonUnderAsync(files.Before, "a", files.KeepAlive);
            await files.StartRelayAsync();
            (await files.Network.ShAsync($"chmod 666 {files.PathOf("b.link")}")).Succeeds();
            await files.ConnectAsync(files.A);
            await files.StartSharingAsync();
            return files;
        }
        catch
        {
            await files.DisposeAsync();
            throw;
        }
    }

    public string PathOf(string file) => Network.PathOf(file);

    /// <summary>Runs <c>r2</c> with one of those at the ends, as its user.</summary>
    public Task<Finished> R2Async(Daemon daemon, params string[] arguments) => Before.Count == 0
        ? daemon.R2Async(arguments)
        : Network.RunAsync(Before[0], [.. Before.Skip(1), "r2", "-s", daemon.SocketPath, .. arguments]);

    /// <summary>Links a daemon to b.</summary>
    public async Task ConnectAsync(Daemon from) => (await R2Async(from, "connect", Endpoint(from.Name == _gated ? Gate.Path : PathOf("b.link")))).Succeeds();

    /// <summary>Starts a, again where it was ended.</summary>
    public async Task StartUserAsync()
    {
        A = await Network.DaemonUnderAsync(Before, "a", KeepAlive);
        await ConnectAsync(A);
    }

    /// <summary>Starts b, again where it was ended.</summary>
    public async Task StartRelayAsync() => B = await Network.DaemonAsync("b", ["--allow", A.Id, "-l", Endpoint(PathOf("b.link")), .. KeepAlive]);

    /// <summary>Starts c and has it share its directory, again where it was ended.</summary>
    public async Task StartSharingAsync()
    {
        C = await Network.DaemonUnderAsync(Before, "c", ["--allow", A.Id, .. KeepAlive]);
        await ConnectAsync(C);
        await B.UntilLinkedToAsync(C);
        (await R2Async(C, "serve", "--directory", Share, "--write")).Succeeds();
    }

    /// <summary>The files below a directory that have not arrived whole.</summary>
    public static IEnumerable<FileInfo> Partial(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, ".pnet-part-*", SearchOption.AllDirectories).Select(path => new FileInfo(path))
        : [];

    /// <summary>The names in a directory.</summary>
    public static IEnumerable<string?> NamesIn(string directory) => Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    public static async Task<string> HashAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexString(await SHA256.HashDataAsync(file));
    }

    public async ValueTask DisposeAsync()
    {
        await Gate.DisposeAsync();
        await Network.DisposeAsync();
    }
}
