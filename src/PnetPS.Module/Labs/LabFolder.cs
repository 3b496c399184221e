using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PnetPS.Hosting;
using PnetPS.Recipes;

namespace PnetPS.Labs;

/// <summary>The folder that a lab has to itself, and what its recipe's <c>{port:…}</c> and <c>{path:…}</c> stand for in it.</summary>
internal sealed class LabFolder : IDisposable
{
    // A recipe's paths begin with a letter or a digit, so these can't be among them.
    private const string Keys = ".keys";
    private const string Links = ".links";
    private const string Sockets = ".sockets";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ports = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    /// <summary>Makes it, with the number of this process in its name; nobody else can look into it.</summary>
    public LabFolder()
    {
        Path = Directory.CreateTempSubdirectory(string.Create(CultureInfo.InvariantCulture, $"r2-lab-{Environment.ProcessId}-")).FullName;
        foreach (var own in (string[])[Keys, Links, Sockets])
            Directory.CreateDirectory(System.IO.Path.Combine(Path, own));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The ports that were chosen.</summary>
    public Dictionary<string, int> Ports
    {
        get
        {
            lock (_gate)
                return new(_ports, StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>The paths that were asked for.</summary>
    public Dictionary<string, string> Paths
    {
        get
        {
            lock (_gate)
                return new(_paths, StringComparer.Ordinal);
        }
    }

    /// <summary>Where a node of the lab's in this folder accepts the lab's links.</summary>
    public string LinkPath(string node) => System.IO.Path.Combine(Path, Links, node);

    /// <summary>Where managers find a node.</summary>
    public string SocketPath(string node) => System.IO.Path.Combine(Path, Sockets, node);

    /// <summary>The key file of a node, made when it is first asked for: a node that is started again is the same one.</summary>
    public R2Identity Identity(string node)
    {
        var path = System.IO.Path.Combine(Path, Keys, node);
        return File.Exists(path) ? NodeSource.LoadIdentity(path) : NodeSource.CreateIdentity(path, overwrite: false);
    }

    /// <summary>Puts ports and paths in a text.</summary>
    public string Expand(string text) => Placeholders.Replace(text, (kind, name) => kind switch
    {
        "port" => Port(name).ToString(CultureInfo.InvariantCulture),
        "path" => PathOf(name),
        _ => null,
    });

    /// <summary>Removes it with all that is in it.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private int Port(string name)
    {
        lock (_gate)
        {
            if (!_ports.TryGetValue(name, out var port))
            {
                do
                    port = FreePort();
                while (_ports.ContainsValue(port));
                _ports.Add(name, port);
            }

            return port;
        }
    }

    private string PathOf(string name)
    {
        lock (_gate)
            return _paths[name] = System.IO.Path.Combine(Path, name);
    }

    // Below those that systems give to connections and to listeners that name none: nothing else takes it before a node listens there.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_768);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // It is somebody's.
            }
        }
    }
}
