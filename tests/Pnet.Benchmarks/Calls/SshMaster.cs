using System.Diagnostics;
using System.Net.Sockets;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks.Calls;

/// <summary><c>ssh host command</c> over a connection that stays open (<c>ControlMaster</c>), to a private <c>sshd</c>.</summary>
internal sealed class SshMaster : IDisposable
{
    private const int MaxSessions = 100;
    private const string PrivilegeSeparationDirectory = "/run/sshd"; // Fixed in sshd; needed when it is started as root.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private readonly bool _madeDirectory;
    private readonly OwnedProcess _server;
    private readonly List<OwnedProcess> _masters;

    /// <summary>Starts the server, and a connection for each host.</summary>
    /// <param name="scratch">Where keys and settings go.</param>
    /// <param name="hosts">Names of hosts: all are the one server, with a connection of its own for each.</param>
    public SshMaster(Scratch scratch, int hosts = 1)
    {
        Hosts = [.. Enumerable.Range(1, hosts).Select(i => $"far{i}")];
        string hostKey = scratch.NewPath("host");
        string userKey = scratch.NewPath("user");
        foreach (string key in (string[])[hostKey, userKey])
            OwnedProcess.Run(scratch, $"ssh-keygen -q -t ed25519 -N '' -f {key}");
        int port = Scratch.FreePort();
        string serverSettings = scratch.NewFile("sshd_config", $"""
            ListenAddress 127.0.0.1:{port}
            HostKey {hostKey}
            AuthorizedKeysFile {userKey}.pub
            StrictModes no
            UsePAM no
            MaxSessions {MaxSessions}
            MaxStartups {hosts + MaxSessions}
            LoginGraceTime 0
            PidFile none
            # A shell that is not the first reads no start-up files of the user's, which can take longer than all the rest.
            SetEnv SHLVL=1

            """);
        string sockets = scratch.NewPath("master");
        Settings = scratch.NewFile("ssh_config", $"""
            Host far*
              HostName 127.0.0.1
              Port {port}
              User {Environment.UserName}
              IdentityFile {userKey}
              IdentitiesOnly yes
              StrictHostKeyChecking no
              UserKnownHostsFile /dev/null
              LogLevel ERROR
              ControlPath {sockets}-%n

            """);
        if (Environment.IsPrivilegedProcess && !Directory.Exists(PrivilegeSeparationDirectory))
        {
            Directory.CreateDirectory(PrivilegeSeparationDirectory);
            _madeDirectory = true;
        }

        _server = OwnedProcess.Start(scratch, $"PATH=$PATH:/usr/sbin; exec \"$(command -v sshd)\" -D -e -f {serverSettings}", "sshd");
        Await(() => Answers(port));
        _masters = [.. Hosts.Select(host => OwnedProcess.Start(scratch, $"exec ssh -F {Settings} -M -N {host}", "ssh"))];
        Await(() => Hosts.All(host => File.Exists($"{sockets}-{host}")));
    }

    /// <summary>The hosts' names.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>The file for <c>ssh -F</c>.</summary>
    public string Settings { get; }

    /// <summary>A command line that adds two numbers at a host, in its shell and without another program.</summary>
    public string Command(string host) => $"ssh -F {Settings} {host} 'echo $((1 + 2))'";

    /// <summary>Adds two numbers at the first host, and waits for the sum.</summary>
    public Task CallAsync() => ProgramCall.RunAsync("ssh", ["-F", Settings, Hosts[0], "echo $((1 + 2))"]);

    private static void Await(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > StartTimeout)
                throw new TimeoutException("ssh did not connect");
            Thread.Sleep(10);
        }
    }

    private static bool Answers(int port)
    {
        try
        {
            using var socket = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Parallel.ForEach(_masters, master => master.Dispose());
        _server.Dispose();
        if (_madeDirectory)
            Directory.Delete(PrivilegeSeparationDirectory);
    }
}
