using System.Collections.Concurrent;
using System.Text;
using Pnet.Addressing;
using Pnet.Crypto;

namespace Pnet.Services;

/// <summary>
/// The nodes that are known: they may use services and list peers. Default deny (docs/security.md).
/// </summary>
/// <remarks>
/// Names are those of the trust file. What a node calls itself is never asked: anybody can call themselves anything.
/// </remarks>
public sealed class AccessList
{
    private readonly Lock _fileLock = new();
    private readonly string? _trustFile;
    private readonly ConcurrentDictionary<NodeId, KnownNode> _known = new();

    /// <summary>Creates the list and reads the trust file, where there is one.</summary>
    /// <param name="trustFile">Lines of an id and a name; made when a node is first granted access. <see langword="null"/>: kept in memory alone.</param>
    /// <exception cref="PnetException">The file can't be read, others may write it, or a line has the wrong form.</exception>
    public AccessList(string? trustFile = null)
    {
        _trustFile = trustFile;
        if (trustFile is null || !File.Exists(trustFile))
            return;
        CheckOwnerAloneWrites(trustFile);
        var number = 0;
        foreach (var line in ReadLines(trustFile))
        {
            number++;
            var text = line.Split('#')[0];
            var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0)
                continue;
            if (!NodeId.TryParse(parts[0], out var id) || parts.Length > 2 || (parts.Length == 2 && !NodeName.IsValid(parts[1])))
                throw new PnetException(PnetError.Usage, $"{trustFile}, line {number}: not \"ID [NAME]\"", "Mend or remove the line.");
            _known[id] = new KnownNode(id, parts.ElementAtOrDefault(1), AccessSource.TrustFile);
        }
    }

    /// <summary>All known nodes.</summary>
    public IReadOnlyList<KnownNode> Nodes => [.. _known.Values.OrderBy(n => n.Id)];

    /// <summary>Whether a node is known.</summary>
    public bool IsKnown(NodeId id) => _known.ContainsKey(id);

    /// <summary>Resolves an id or a name of this list.</summary>
    /// <exception cref="PnetException">It is neither.</exception>
    public NodeId Resolve(string node)
    {
        if (NodeId.TryParse(node, out var id))
            return id;
        return NodeReference.TryParse(node, out var reference)
            ? reference.Resolve(Nodes, n => (n.Id, n.Name))
            : throw new PnetException(PnetError.Usage, $"\"{node}\" is neither an id nor the name of a trusted node", "Give the whole id, or trust it by name first: r2 trust ID NAME.");
    }

    /// <summary>Makes a node known; what comes from the trust file is kept there.</summary>
    /// <exception cref="PnetException">The trust file can't be written.</exception>
    public void Grant(KnownNode node)
    {
        lock (_fileLock)
        {
            // A passing source never hides the lasting one.
            var known = _known.GetValueOrDefault(node.Id);
            if (node.Source != AccessSource.TrustFile && known?.Source == AccessSource.TrustFile)
                return;
            _known[node.Id] = node;
            try
            {
                if (node.Source == AccessSource.TrustFile)
                    Save();
            }
            catch
            {
                // What is told to have failed has not happened.
                if (known is null)
                    _known.TryRemove(node.Id, out _);
                else
                    _known[node.Id] = known;
                throw;
            }
        }
    }

    /// <summary>Makes a node unknown.</summary>
    /// <exception cref="PnetException">It isn't known, or the trust file can't be written.</exception>
    public void Revoke(NodeId id)
    {
        lock (_fileLock)
        {
            if (!_known.TryRemove(id, out var node))
                throw new PnetException(PnetError.NotFound, $"{id} is not trusted here", "List who is: r2 trust.");
            if (node.Source == AccessSource.TrustFile)
                Save();
        }
    }

    private void Save()
    {
        if (_trustFile is null)
            return;
        var lines = Nodes.Where(n => n.Source == AccessSource.TrustFile).Select(n => n.Name is null ? $"{n.Id}" : $"{n.Id} {n.Name}");
        var text = string.Join('\n', ["# Nodes that may use services here: ID [NAME]", .. lines, ""]);
        SecretFile.Write(_trustFile, "trust file", Encoding.UTF8.GetBytes(text), overwrite: true);
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PnetException(PnetError.PermissionDenied, $"trust file {path} can't be read", $"Allow it: chmod u+r {path}", e);
        }
        catch (IOException e)
        {
            throw new PnetException(PnetError.Failed, $"trust file {path} can't be read: {e.Message}", null, e);
        }
    }

    private static void CheckOwnerAloneWrites(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
            throw new PnetException(PnetError.PermissionDenied, $"trust file {path} can be written by others", $"Take that right away: chmod go-w {path}");
    }
}
