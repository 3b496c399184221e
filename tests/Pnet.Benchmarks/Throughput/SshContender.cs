namespace Pnet.Benchmarks.Throughput;

/// <summary>
/// <c>ssh -W</c> to a listening <see cref="FarEnd"/> through a private <c>sshd</c>, which is the fastest that ssh offers
/// (<c>ssh host command</c> adds a process); two hops are <c>ssh -J</c>.
/// </summary>
internal sealed class SshContender : Contender
{
    private const string PrivilegeSeparationDirectory = "/run/sshd"; // Fixed in sshd; needed when it is started as root.
    private readonly OwnedProcess _server;
    private readonly OwnedProcess _far;
    private readonly bool _madeDirectory;

    /// <summary>Starts the server, with keys and settings of its own.</summary>
    /// <param name="scratch">Where they go.</param>
    /// <param name="hops">1, or 2 for one jump.</param>
    /// <param name="cipher">Another cipher than the default.</param>
    public SshContender(Scratch scratch, int hops, string? cipher = null)
        : base((hops == 1 ? "ssh -W" : "ssh -J -W") + (cipher is null ? "" : $", {cipher}"))
    {
        string hostKey = scratch.NewPath("host");
        string userKey = scratch.NewPath("user");
        foreach (string key in (string[])[hostKey, userKey])
            OwnedProcess.Run(scratch, $"ssh-keygen -q -t ed25519 -N '' -f {key}");
        int port = Scratch.FreePort();
        int jumpPort = Scratch.FreePort();
        string knownHosts = string.Concat(((int[])[port, jumpPort]).Select(known => $"[127.0.0.1]:{known} {File.ReadAllText(hostKey + ".pub")}"));
        string serverSettings = scratch.NewFile("sshd_config", $"""
            ListenAddress 127.0.0.1:{port}
            ListenAddress 127.0.0.1:{jumpPort}
            HostKey {hostKey}
            AuthorizedKeysFile {userKey}.pub
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PidFile none
            Subsystem sftp internal-sftp
            # A shell that is not the first reads no start-up files of the user's, which can take longer than what is measured.
            SetEnv SHLVL=1

            """);
        string settings = scratch.NewFile("ssh_config", $"""
            Host *
              HostName 127.0.0.1
              User {Environment.UserName}
              IdentityFile {userKey}
              IdentitiesOnly yes
              UserKnownHostsFile {scratch.NewFile("known_hosts", knownHosts)}
              GlobalKnownHostsFile /dev/null
              StrictHostKeyChecking yes
              LogLevel ERROR
              {(cipher is null ? "" : $"Ciphers {cipher}")}
            Host far
              Port {port}
            Host jump
              Port {jumpPort}

            """);
        Settings = settings;
        if (Environment.IsPrivilegedProcess && !Directory.Exists(PrivilegeSeparationDirectory))
        {
            Directory.CreateDirectory(PrivilegeSeparationDirectory);
            _madeDirectory = true;
        }

        _server = OwnedProcess.Start(scratch, $"PATH=$PATH:/usr/sbin; exec \"$(command -v sshd)\" -D -e -f {serverSettings}", "sshd");
        _far = OwnedProcess.Start(scratch, $"exec {Environment.ProcessPath} {FarEnd.Command} {FarEnd.Listen}", "far");
        string target = $"127.0.0.1:{_far.ReadLine(TimeSpan.FromSeconds(10))}";
        StreamCommand = $"ssh -F {settings} {(hops == 1 ? "" : "-J jump ")}-W {target} far";
    }

    /// <summary>The file for <c>ssh -F</c>; the host in it is <c>far</c>.</summary>
    public string Settings { get; }

    /// <inheritdoc/>
    public override IEnumerable<int> Servers => [_server.Id];

    /// <inheritdoc/>
    public override string StreamCommand { get; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _server.Dispose();
        _far.Dispose();
        if (_madeDirectory)
            Directory.Delete(PrivilegeSeparationDirectory);
    }
}
