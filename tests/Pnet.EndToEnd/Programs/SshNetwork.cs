using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Programs;

/// <summary>Two daemons, the second with a private <c>sshd</c> as its tunnel process, and the files that an <c>ssh</c> client needs for it.</summary>
internal sealed class SshNetwork : IAsyncDisposable
{
    private const string Server = "/usr/sbin/sshd";

    private SshNetwork(TestNetwork network) => Network = network;

    public TestNetwork Network { get; }

    public Daemon A { get; private set; } = null!;

    public Daemon B { get; private set; } = null!;

    /// <summary>The options of <c>ssh</c> that make it use the tunnel, its own key and no file of the user's.</summary>
    public string[] Options => ["-o", $"ProxyCommand=r2 -s {A.SocketPath} tunnel {B.Id} -", .. Identity];

    private string[] Identity =>
    [
        "-F", "none",
        "-o", $"IdentityFile={Network.PathOf("client")}",
        "-o", "IdentitiesOnly=yes",
        "-o", $"UserKnownHostsFile={Network.PathOf("known_hosts")}",
        "-o", "GlobalKnownHostsFile=/dev/null",
        "-o", "StrictHostKeyChecking=yes",
        "-o", "HostKeyAlias=far",
        "-o", "BatchMode=yes",
        "-o", $"User={Environment.UserName}",
    ];

    /// <summary>The same as one shell word after another.</summary>
    public string CommandLine => "ssh " + string.Join(' ', Options.Select(o => $"'{o}'"));

    public static async Task<SshNetwork> StartAsync()
    {
        var ssh = new SshNetwork(new TestNetwork());
        try
        {
            await ssh.WriteFilesAsync();
            ssh.A = await ssh.Network.DaemonAsync("a");
            // The tunnel process is exactly what the README tells of, but for the configuration.
            ssh.B = await ssh.Network.DaemonAsync("b", "--allow", ssh.A.Id, Server, "-i", "-f", ssh.Network.PathOf("sshd_config"));
            await TestNetwork.LinkAsync(ssh.A, ssh.B);
            return ssh;
        }
        catch
        {
            await ssh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a client with the tunnel's options before its own arguments.</summary>
    public Task<Finished> RunAsync(string program, ReadOnlyMemory<byte> input, params IReadOnlyList<string> arguments) =>
        Shell.RunAsync(program, [.. Options, .. arguments], Network.Environment, input, TimeSpan.FromSeconds(60));

    /// <summary>Runs a command line over <c>ssh</c> to a port of this machine, which a tunnel listens at.</summary>
    public Task<Finished> RunToAsync(int port, string commandLine) =>
        Shell.RunAsync("ssh", [.. Identity, "-p", $"{port}", "127.0.0.1", commandLine], Network.Environment, limit: TimeSpan.FromSeconds(60));

    public ValueTask DisposeAsync() => Network.DisposeAsync();

    private async Task WriteFilesAsync()
    {
        if (Environment.IsPrivilegedProcess)
            Directory.CreateDirectory("/run/sshd");
        foreach (string key in (string[])["host", "client"])
            (await Network.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Network.PathOf(key))).Succeeds();
        File.Copy(Network.PathOf("client.pub"), Network.PathOf("authorized_keys"));
        await File.WriteAllTextAsync(Network.PathOf("known_hosts"), $"far {await File.ReadAllTextAsync(Network.PathOf("host.pub"))}");
        await File.WriteAllTextAsync(Network.PathOf("sshd_config"), $"""
            HostKey {Network.PathOf("host")}
            AuthorizedKeysFile {Network.PathOf("authorized_keys")}
            PidFile none
            UsePAM no
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            Subsystem sftp internal-sftp

            """);
    }
}
