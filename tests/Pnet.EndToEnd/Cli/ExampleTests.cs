using System.Globalization;
using System.Text.Json;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Cli;

/// <summary>The examples that help shows do what they say, as they are written: alice drives, bob, carol and dave are her neighbours, erin is behind dave.</summary>
public sealed class ExampleTests : IAsyncLifetime
{
    private const string Echo = """while read -r line; do echo "{\"output\":$line}"; echo "{\"end\":true}"; done""";

    // One run is enough for what each has to be started again for.
    private static readonly string[] Commands =
    [
        "ls", "info", "metrics", "listeners", "tunnels", "trace", "send", "recv", "commands", "call", "invoke", "cp", "files", "publish", "content", "fetch", "unpublish",
        "serve", "services", "unserve", "trust", "untrust", "listen", "unlisten", "ticket", "key new", "key show", "key network",
    ];

    private readonly TestNetwork _network = new();
    private readonly int _port = Ports.Free();
    private Daemon _alice = null!;
    private string _address = "";

    public async Task InitializeAsync()
    {
        _alice = await _network.DaemonAsync("alice");
        Daemon[] others = [await OfferAsync("bob"), await OfferAsync("carol"), await OfferAsync("dave"), await OfferAsync("erin")];
        foreach (Daemon daemon in others[..3])
        {
            await TestNetwork.LinkAsync(_alice, daemon);
            (await _alice.R2Async("trust", daemon.Id)).Succeeds();
        }
        await TestNetwork.LinkAsync(others[0], others[1]);
        await TestNetwork.LinkAsync(others[1], others[2]);
        await TestNetwork.LinkAsync(others[2], others[3]);
        (await _network.ShAsync($"cd {_network.Directory}; mkdir photos srv; echo one >photos/1; for f in big.iso report.pdf disk.img notes.txt srv/file; do echo $f >$f; done; rm -f disk.img.got")).Succeeds();
        (await others[0].R2Async("serve", "-n", "public", "--directory", _network.PathOf("photos"))).Succeeds();
        foreach (Daemon daemon in others)
            _address = (await daemon.R2Async("publish", _network.PathOf("big.iso"))).Succeeds().Output.Trim();
    }

    public async Task DisposeAsync() => await _network.DisposeAsync();

    [Fact]
    public async Task They_all_work()
    {
        var failed = new List<string>();
        foreach (string command in Commands)
        {
            foreach (string example in await ExamplesAsync(command))
            {
                await PrepareAsync(command, example);
                Finished run = await _network.ShAsync($"cd {_network.Directory}\n{ForHere(command, example)}", null, ("PNET_SOCKET_PATH", _alice.SocketPath));
                if (run.ExitCode != 0 || run.Error.Length > 0)
                    failed.Add($"{example}\n{run}");
            }
        }
        Assert.True(failed.Count == 0, string.Join("\n\n", failed));
        // What they are said to leave.
        Assert.Equal(["bob", "carol"], Directory.GetFileSystemEntries(_network.PathOf("logs")).Select(Path.GetFileName).Order());
        Assert.Equal("one\n", await File.ReadAllTextAsync(_network.PathOf("mirror/1")));
        Assert.Equal("report.pdf\n", await File.ReadAllTextAsync(_network.PathOf("shares/bob/report.pdf")));
        Assert.Equal("one\n", await File.ReadAllTextAsync(_network.PathOf("shares/carol/2025/photos/1")));
    }

    [Fact]
    public async Task Json_has_the_fields_that_the_page_tells()
    {
        string[] rows = [.. (await File.ReadAllLinesAsync(ReadmeTests.Document("docs/cli.md"))).SkipWhile(line => !line.StartsWith("| JSON of", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))];
        Assert.True(rows.Length > 15, string.Join('\n', rows));
        (await _alice.R2Async("trust", "6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC", "zoe")).Succeeds();
        (await _alice.R2Async("serve", "cat")).Succeeds();
        (await _alice.R2Async("listen", "tcp://127.0.0.1:0")).Succeeds();
        (await _alice.R2Async("tunnel", "-L", "tcp://127.0.0.1:0", "bob")).Succeeds();
        (await _alice.R2Async("send", ".", "hello")).Succeeds();
        (await _alice.R2Async("publish", _network.PathOf("notes.txt"))).Succeeds();
        foreach (string row in rows)
        {
            string[] cells = row.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            string[][] shapes = [.. cells[1].Split("; at the end ").Select(shape => shape.Split(' '))];
            foreach (string command in cells[0].Split(", ").Select(name => name.Trim('`')))
                await CheckAsync(command, shapes);
        }
    }

    private async Task CheckAsync(string command, string[][] shapes)
    {
        string line = command switch
        {
            "ping" => "ping -c 1 bob --json",
            "trace" => "trace bob/carol --json",
            "log" => "log --no-follow --json",
            "send" => "send bob,nobody hi --json",
            "call" => "call bob,nobody add 1 2 --json",
            "commands" => "commands bob --json",
            "invoke" => $"invoke bob,nobody sha256 --json </dev/null; r2 invoke -o {_network.PathOf("files")} bob sha256 --json </dev/null",
            "cp" => "cp photos notes.txt bob: --json",
            "files" => "files bob --json",
            "publish" => "publish notes.txt --json",
            "fetch" => $"fetch {_address} got --json",
            "key show" => "key show alice.key --json",
            _ => command + " --json",
        };
        Finished run = await _network.ShAsync($"cd {_network.Directory}; r2 {line}", null, ("PNET_SOCKET_PATH", _alice.SocketPath));
        var documents = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => JsonDocument.Parse(text).RootElement)
            .SelectMany(one => one.ValueKind == JsonValueKind.Array ? one.EnumerateArray() : Enumerable.Repeat(one, 1)).ToList();
        Assert.True(documents.Count > 0, $"{command}: {run}");
        foreach (JsonElement document in documents)
        {
            string[] fields = [.. document.EnumerateObject().Select(property => property.Name)];
            // All of those without brackets, and no other than those that are told.
            Assert.True(
                Array.Exists(shapes, shape => shape.Where(name => name[0] != '(').All(fields.Contains) && fields.All(field => shape.Contains(field) || shape.Contains($"({field})"))),
                $"{command}: {document}");
        }
    }

    private async Task<string[]> ExamplesAsync(string command)
    {
        string help = (await _network.RunAsync(Executables.Manager, [.. command.Split(' '), "--help"])).Succeeds().Output;
        string[] lines = help.Split('\n');
        int from = Array.FindIndex(lines, line => line is "Example:" or "Examples:");
        string[] examples = [.. lines[(from + 1)..].Select(line => line.Trim()).Where(line => line.Length > 0)];
        Assert.True(from > 0 && examples.Length > 0, help);
        return examples;
    }

    private async Task PrepareAsync(string command, string example)
    {
        if (command == "recv")
            (await _alice.R2Async("send", ".", "hello")).Succeeds();
        // Two examples have one name, and another command's example is to take away what there is.
        if (command == "serve")
            await _alice.R2Async("unserve", "web");
        if (command == "files")
            (await _network.ShAsync($"cd {_network.PathOf("shares")}; mkdir -p carol/photos bob/logs; touch carol/photos/1 bob/logs/1.gz")).Succeeds();
        if (command == "fetch")
            File.Delete(_network.PathOf("disk.img"));
        if (example.Contains("trust bob", StringComparison.Ordinal))
            await _alice.R2Async("trust", "6Xb2RtEfug8nxD6A7Afvd3SPt4ePCibjFHLcyRqVqFgC", "bob");
    }

    // Only what is another machine's, or would never end.
    private string ForHere(string command, string example)
    {
        string address = command == "unpublish" ? "$(r2 publish notes.txt)" : _address;
        return example
            .Replace("sha256:…", address, StringComparison.Ordinal)
            .Replace("/srv/share", _network.PathOf("photos"), StringComparison.Ordinal)
            .Replace("tar cz /srv", "tar cz srv", StringComparison.Ordinal)
            .Replace("0.0.0.0:8080", "127.0.0.1:0", StringComparison.Ordinal)
            .Replace("0.0.0.0:47210", "127.0.0.1:" + _port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("/run/pnet/", _network.Directory + "/", StringComparison.Ordinal)
            .Replace("--wait --json", "--wait -n 1 --json", StringComparison.Ordinal);
    }

    private async Task<Daemon> OfferAsync(string name)
    {
        Daemon daemon = await _network.DaemonAsync(name, "--allow", _alice.Id);
        string share = _network.PathOf($"shares/{name}");
        Directory.CreateDirectory(share);
        (await daemon.R2Async("serve", "--write", "--directory", share)).Succeeds();
        foreach (var (service, program) in ((string, string)[])[("cmd.add", Echo), ("cmd.hello", Echo), ("sha256", "sha256sum"), ("backup", "cat >/dev/null"), ("log", "echo log")])
            (await daemon.R2Async("serve", "-n", service, program)).Succeeds();
        return daemon;
    }
}
