using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Pnet.Benchmarks.Throughput;

/// <summary>A directory for one run's keys, sockets, pipes and logs, and free ports.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly List<Action> _ends = [];
    private int _count;

    /// <summary>Creates the directory, for this user alone.</summary>
    /// <param name="parent">Where files go that are copied, if elsewhere.</param>
    public Scratch(string? parent = null)
    {
        // The keys in it are nobody else's, on a disk or in memory.
        Directory = System.IO.Directory.CreateTempSubdirectory("pnet-bench-").FullName;
        Files = parent is null ? Directory : System.IO.Directory.CreateDirectory(Path.Combine(parent, Path.GetFileName(Directory))).FullName;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>Where it is.</summary>
    public string Directory { get; }

    /// <summary>Where files go that are copied: the same, or in the directory that was given.</summary>
    public string Files { get; }

    /// <summary>A path in the directory that nothing has yet.</summary>
    public string NewPath(string name) => Path.Combine(Directory, $"{++_count}-{name}");

    /// <summary>A file with a text; the directory keeps others out.</summary>
    public string NewFile(string name, string text)
    {
        string path = NewPath(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A named pipe.</summary>
    public string NewPipe()
    {
        string path = NewPath("pipe");
        using var make = Process.Start("mkfifo", ["-m", "600", path]);
        make.WaitForExit();
        return path;
    }

    /// <summary>A loopback port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>What to do first when this program is interrupted: it leaves nothing running, and nothing behind.</summary>
    public void EndAtExit(Action end)
    {
        lock (_ends)
            _ends.Add(end);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        System.IO.Directory.Delete(Directory, recursive: true);
        if (Files != Directory)
            System.IO.Directory.Delete(Files, recursive: true);
    }

    private void OnExit(object? sender, EventArgs e)
    {
        lock (_ends)
            Parallel.ForEach(_ends, end => end());
        try
        {
            Dispose();
        }
        catch (DirectoryNotFoundException)
        {
            // Whoever waited for one of them has found out that it has ended, and did the same.
        }
    }
}
