using System.Diagnostics;
using System.Net.Sockets;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks.Calls;

/// <summary><c>ssh host command</c> over one connection that all share (<c>ControlMaster</c>), to a private <c>sshd</c>.</summary>
internal sealed class SshMaster : IDisposable
{
    private const int MaxSessions = 100;
    private const string PrivilegeSeparationDirectory = "/run/sshd"; // Fixed in sshd; needed when it is started as root.
    private readonly OwnedProcess _server;
    private readonly OwnedProcess _master;
    private readonly string _settings;

    /// <summary>Starts the server and the shared connection.</summary>
    public SshMaster(Scratch scratch)
    {
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
            PidFile none
            # A shell that is not the first reads no start-up files of the user's, which can take longer than all the rest.
            SetEnv SHLVL=1

            """);
        string socket = scratch.NewPath("master");
        _settings = scratch.NewFile("ssh_config", $"""
            Host far
              HostName 127.0.0.1
              Port {port}
              User {Environment.UserName}
              IdentityFile {userKey}
              IdentitiesOnly yes
              StrictHostKeyChecking no
              UserKnownHostsFile /dev/null
              LogLevel ERROR
              ControlPath {socket}

            """);
        if (Environment.IsPrivilegedProcess)
            Directory.CreateDirectory(PrivilegeSeparationDirectory);
        _server = OwnedProcess.Start(scratch, $"PATH=$PATH:/usr/sbin; exec \"$(command -v sshd)\" -D -e -f {serverSettings}", "sshd");
        Await(() => Answers(port));
        _master = OwnedProcess.Start(scratch, $"exec ssh -F {_settings} -M -N far", "ssh");
        Await(() => File.Exists(socket));
    }

    /// <summary>Runs a command that does nothing, and waits for it.</summary>
    public async Task CallAsync()
    {
        using var call = Process.Start("ssh", ["-F", _settings, "far", "true"]);
        await call.WaitForExitAsync().ConfigureAwait(false);
        if (call.ExitCode != 0)
            throw new IOException($"ssh failed: {call.ExitCode}");
    }

    private static void Await(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(20))
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
        _master.Dispose();
        _server.Dispose();
    }
}
