using System.Security.Cryptography;
using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Programs;

/// <summary>Programs that people use every day, through a tunnel to a private <c>sshd</c>.</summary>
public sealed class SshTests
{
    private const int LargeFile = 64 * 1024 * 1024;

    [Fact]
    public async Task Ssh_runs_commands_and_passes_their_exit_code()
    {
        await using SshNetwork ssh = await SshNetwork.StartAsync();

        Finished command = await ssh.RunAsync("ssh", "what goes in\n"u8.ToArray(), "far", "cat; echo aside >&2; exit 42");

        Assert.Equal("what goes in\n", command.Exits(42).Output);
        Assert.Equal("aside\n", command.Error);
        await ssh.B.UntilWithoutChildrenAsync();
    }

    [Fact]
    public async Task Scp_copies_64_MiB_both_ways()
    {
        await using SshNetwork ssh = await SshNetwork.StartAsync();
        TestNetwork network = ssh.Network;
        byte[] bytes = RandomNumberGenerator.GetBytes(LargeFile);
        await File.WriteAllBytesAsync(network.PathOf("original"), bytes);

        (await ssh.RunAsync("scp", default, network.PathOf("original"), $"far:{network.PathOf("there")}")).Succeeds();
        (await ssh.RunAsync("scp", default, $"far:{network.PathOf("there")}", network.PathOf("back"))).Succeeds();

        byte[] expected = SHA256.HashData(bytes);
        Assert.Equal(expected, await HashAsync(network.PathOf("there")));
        Assert.Equal(expected, await HashAsync(network.PathOf("back")));
    }

    [Fact]
    public async Task Git_clones_over_it()
    {
        await using SshNetwork ssh = await SshNetwork.StartAsync();
        TestNetwork network = ssh.Network;
        string far = network.PathOf("far");
        await File.WriteAllBytesAsync(network.PathOf("blob"), RandomNumberGenerator.GetBytes(2_000_000));
        (await network.ShAsync(
            $"git init -q {far} && mv {network.PathOf("blob")} {far} && cd {far} && git add blob && git -c user.name=n -c user.email=n@example.com commit -qm one")).Succeeds();

        (await network.ShAsync($"git clone -q far:{far} {network.PathOf("near")}", null, ("GIT_SSH_COMMAND", ssh.CommandLine))).Succeeds();

        Assert.Equal(await HashAsync(Path.Combine(far, "blob")), await HashAsync(network.PathOf("near/blob")));
        Finished heads = await network.ShAsync($"git -C {far} rev-parse HEAD; git -C {network.PathOf("near")} rev-parse HEAD");
        Assert.Single(heads.Succeeds().Output.TrimEnd().Split('\n').Distinct());
    }

    [Fact]
    public async Task Rsync_copies_a_tree_and_then_only_what_has_changed()
    {
        await using SshNetwork ssh = await SshNetwork.StartAsync();
        TestNetwork network = ssh.Network;
        string tree = network.PathOf("tree");
        for (int i = 0; i < 50; i++)
        {
            Directory.CreateDirectory(Path.Combine(tree, $"{i % 5}"));
            await File.WriteAllBytesAsync(Path.Combine(tree, $"{i % 5}", $"{i}"), RandomNumberGenerator.GetBytes(i * 997));
        }

        string[] copy = ["-a", "--checksum", "--itemize-changes", "-e", ssh.CommandLine, $"{tree}/", $"far:{network.PathOf("copy")}"];
        (await network.RunAsync("rsync", copy)).Succeeds();
        (await network.RunAsync("diff", "-r", tree, network.PathOf("copy"))).Succeeds();
        await File.AppendAllTextAsync(Path.Combine(tree, "3", "8"), "more");

        string changes = (await network.RunAsync("rsync", copy)).Succeeds().Output;

        Assert.Single(changes.Split('\n'), line => line.StartsWith("<f", StringComparison.Ordinal));
        (await network.RunAsync("diff", "-r", tree, network.PathOf("copy"))).Succeeds();
    }

    private static async Task<byte[]> HashAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        return await SHA256.HashDataAsync(stream);
    }
}
