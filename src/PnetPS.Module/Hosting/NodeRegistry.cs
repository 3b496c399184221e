using System.Management.Automation.Runspaces;
using Pnet;
using Pnet.Addressing;

namespace PnetPS.Hosting;

/// <summary>
/// The nodes of this process and the connections to daemons: what the cmdlets find a node in, and what is stopped with
/// the module.
/// </summary>
internal sealed class NodeRegistry
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _nodes = [];
    private readonly Dictionary<string, R2Node> _daemons = new(StringComparer.Ordinal);

    /// <summary>The nodes that run in this process or in daemons of its labs, the oldest first.</summary>
    public IReadOnlyList<R2Node> All
    {
        get
        {
            lock (_gate)
                return [.. _nodes.Select(entry => entry.Node)];
        }
    }

    /// <summary>The manager sockets of these nodes, and of the daemons that were asked.</summary>
    public IReadOnlyList<string> SocketPaths
    {
        get
        {
            lock (_gate)
                return [.. _nodes.Select(entry => entry.Node.SocketPath).OfType<string>(), .. _daemons.Keys];
        }
    }

    /// <summary>Starts a node that belongs to the session it was started from.</summary>
    /// <exception cref="PnetException">A node of that name runs already, or it can't be started.</exception>
    public async Task<R2Node> StartAsync(NodeSettings settings, Runspace? session, CancellationToken cancellationToken)
    {
        RequireFreeName(settings.Name, settings.Lab);
        var node = await NodeSource.StartAsync(settings, cancellationToken).ConfigureAwait(false);
        try
        {
            Add(node, session);
        }
        catch
        {
            await node.CloseAsync().ConfigureAwait(false);
            throw;
        }

        return node;
    }

    /// <summary>Takes in a node of a session, such as a daemon of one of its labs, until it ends.</summary>
    /// <exception cref="PnetException">A node of that name runs already.</exception>
    public void Add(R2Node node, Runspace? session)
    {
        lock (_gate)
        {
            RequireFreeName(node.Name, node.Lab);
            _nodes.Add(new Entry(node, new Owner(session)));
        }

        // A manager in another process can stop it as well.
        _ = node.Ended.ContinueWith(_ => RemoveAsync(node), TaskScheduler.Default);
    }

    /// <summary>The daemon behind a manager socket, looked at just now; the connection is kept for the next time.</summary>
    /// <exception cref="PnetException">No daemon answers there.</exception>
    public async Task<R2Node> GetDaemonAsync(string socketPath, CancellationToken cancellationToken)
    {
        R2Node? known;
        lock (_gate)
            known = _daemons.GetValueOrDefault(socketPath);
        if (known is not null)
        {
            try
            {
                await known.RefreshAsync(cancellationToken).ConfigureAwait(false);
                return known;
            }
            catch (IOException)
            {
                // That daemon has gone. Another may have taken its place.
                await RemoveAsync(known).ConfigureAwait(false);
            }
        }

        var daemon = await NodeSource.ConnectAsync(socketPath, cancellationToken).ConfigureAwait(false);
        R2Node? first;
        lock (_gate)
        {
            if (!_daemons.TryGetValue(socketPath, out first))
                _daemons.Add(socketPath, daemon);
        }

        if (first is null)
            return daemon;
        await daemon.CloseAsync().ConfigureAwait(false);
        return first;
    }

    /// <summary>
    /// Finds a node of this process by its name, its id, or 4 or more characters that its id begins with. A node of a lab has the
    /// lab's name before its own as well, which tells it from one of another lab.
    /// </summary>
    /// <exception cref="PnetException">There is none, or there are several.</exception>
    public R2Node Find(string text)
    {
        var nodes = All;
        if (FindNamed(text) is { } named)
            return named;

        var found = nodes.Where(node => text.Length >= NodeReference.MinPrefixLength && node.Id.StartsWith(text, StringComparison.Ordinal)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new PnetException(PnetError.NotFound, $"no node '{text}' runs in this process", Candidates(nodes)),
            _ => throw new PnetException(PnetError.Usage, $"'{text}' may be any of {string.Join(", ", found.Select(node => $"{node} {node.Id}"))}", "Give the whole id."),
        };
    }

    /// <summary>Finds a node of this process by its name, with the lab's before it or without.</summary>
    /// <exception cref="PnetException">Nodes of several labs have that name.</exception>
    public R2Node? FindNamed(string name)
    {
        var nodes = All;
        if (nodes.FirstOrDefault(node => name.Equals(node.FullName, StringComparison.OrdinalIgnoreCase)) is { } one)
            return one;
        var found = nodes.Where(node => name.Equals(node.Name, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count < 2
            ? found.FirstOrDefault()
            : throw new PnetException(PnetError.Usage, $"'{name}' may be any of {string.Join(", ", found.Select(node => node.FullName))}", "Give the lab's name as well.");
    }

    /// <summary>The node that is meant where none is named: the only one of this process, or else the daemon at the default socket.</summary>
    /// <exception cref="PnetException">There are several, or there is neither.</exception>
    public async Task<R2Node> GetDefaultAsync(CancellationToken cancellationToken)
    {
        var nodes = All;
        if (nodes.Count > 1)
            throw new PnetException(PnetError.Usage, $"{nodes.Count} nodes run in this process: {string.Join(", ", nodes.Select(node => node.FullName))}", "Say which one with -Node.");
        if (nodes.Count == 1)
            return nodes[0];

        try
        {
            return await GetDaemonAsync(NodeSource.DefaultSocketPath, cancellationToken).ConfigureAwait(false);
        }
        catch (PnetException exception) when (exception.Error is PnetError.NotFound or PnetError.Unreachable)
        {
            throw new PnetException(
                exception.Error,
                $"no node runs in this process and no daemon answers at {NodeSource.DefaultSocketPath}",
                "Start a node with Start-R2Node, or name a daemon's socket with -SocketPath.",
                exception);
        }
    }

    /// <summary>Stops a node of this process; of a daemon, only the connection ends.</summary>
    public async Task RemoveAsync(R2Node node)
    {
        lock (_gate)
        {
            _nodes.RemoveAll(entry => entry.Node == node);
            foreach (var path in _daemons.Where(pair => pair.Value == node).Select(pair => pair.Key).ToList())
                _daemons.Remove(path);
        }

        await node.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Stops what was started from a session, or from one that has ended since; with <see langword="null"/>, everything.
    /// </summary>
    public async Task CloseSessionAsync(Runspace? session)
    {
        List<R2Node> ended;
        lock (_gate)
        {
            ended = [.. _nodes.Where(entry => entry.Owner.Is(session)).Select(entry => entry.Node), .. _daemons.Values];
        }

        await Task.WhenAll(ended.Select(RemoveAsync)).ConfigureAwait(false);
    }

    private static string Candidates(IReadOnlyList<R2Node> nodes) => nodes.Count == 0
        ? "Start one with Start-R2Node, or name a daemon's socket with -SocketPath."
        : $"The nodes are: {string.Join(", ", nodes.Select(node => node.FullName))}.";

    // Each lab has names of its own.
    private void RequireFreeName(string? name, string? lab)
    {
        if (name is not null && All.Any(node => node.Lab == lab && name.Equals(node.Name, StringComparison.OrdinalIgnoreCase)))
            throw new PnetException(PnetError.AlreadyExists, $"a node called '{name}' runs in this process", $"Choose another name, or stop it with Stop-R2Node {name}.");
    }

    private sealed record Entry(R2Node Node, Owner Owner);
}
