using System.Collections.ObjectModel;
using PnetPS.Labs;

namespace PnetPS;

/// <summary>A network that <c>New-R2Lab</c> has built from a recipe.</summary>
public sealed class R2Lab
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, R2Node> _nodes = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<R2LabLink> _links = [];
    private int _nextLink;

    internal R2Lab(string name, LabFolder folder, LabSite site, R2Recipe recipe)
    {
        Name = name;
        Files = folder;
        Site = site;
        Recipe = recipe;
    }

    /// <summary>Its name, which no other lab of the session has.</summary>
    public string Name { get; }

    /// <summary><c>Building</c>, <c>Running</c> or <c>Removed</c>.</summary>
    public R2LabState State { get; internal set; }

    /// <summary>What its nodes are kept apart by.</summary>
    public R2LabIsolation Isolation => Site.Isolation;

    /// <summary>Its nodes by name.</summary>
    public ReadOnlyDictionary<string, R2Node> Nodes
    {
        get
        {
            lock (_gate)
                return new(new OrderedDictionary<string, R2Node>(_nodes, StringComparer.OrdinalIgnoreCase));
        }
    }

    /// <summary>Its links.</summary>
    public R2LabLink[] Links
    {
        get
        {
            lock (_gate)
                return [.. _links];
        }
    }

    /// <summary>The ports that were chosen for <c>{port:NAME}</c>, by name.</summary>
    public ReadOnlyDictionary<string, int> Ports => new(Files.Ports);

    /// <summary>The paths that <c>{path:NAME}</c> stands for, by name.</summary>
    public ReadOnlyDictionary<string, string> Paths => new(Files.Paths);

    /// <summary>Its own folder, removed with it.</summary>
    public string Folder => Files.Path;

    /// <summary>The recipe it was built from.</summary>
    public R2Recipe Recipe { get; internal set; }

    /// <summary>A node by its name, or <see langword="null"/>.</summary>
    /// <param name="name">The name, in any letter case.</param>
    public R2Node? this[string name] => Find(name);

    internal LabFolder Files { get; }

    internal LabSite Site { get; }

    /// <summary>One change at a time.</summary>
    internal SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Cancelled when the lab is to go, whatever is being done to it.</summary>
    internal CancellationTokenSource Ending { get; } = new();

    /// <summary>The services that were offered for it.</summary>
    internal List<R2RecipeService> Services { get; } = [];

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Looks at the links and the nodes again, for at most 5 seconds.</summary>
    public void Refresh()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        RefreshAsync(bound.Token).GetAwaiter().GetResult();
    }

    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var node in Nodes.Values.Where(node => node.State == R2NodeState.Running))
        {
            try
            {
                await node.RefreshAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has just gone; its state says so.
            }
        }

        foreach (var link in Links)
            await link.RefreshAsync(cancellationToken).ConfigureAwait(false);
    }

    internal R2Node? Find(string name)
    {
        lock (_gate)
            return _nodes.GetValueOrDefault(name);
    }

    internal void Put(string name, R2Node node)
    {
        lock (_gate)
            _nodes[name] = node;
    }

    internal void Take(string name)
    {
        lock (_gate)
            _nodes.Remove(name);
    }

    internal R2LabLink? FindLink(string one, string other) => Links.FirstOrDefault(link => link.Recipe.Joins(one, other));

    internal void Put(R2LabLink link)
    {
        lock (_gate)
            _links.Add(link);
    }

    internal void Take(R2LabLink link)
    {
        lock (_gate)
            _links.Remove(link);
    }

    internal int NextLink() => Interlocked.Increment(ref _nextLink) - 1;

    /// <summary>Puts nodes and links in the recipe's order, whatever order they came up in.</summary>
    internal void Sort(R2Recipe recipe)
    {
        lock (_gate)
        {
            var nodes = recipe.Nodes.Where(node => _nodes.ContainsKey(node.Name)).Select(node => (node.Name, _nodes[node.Name])).ToList();
            _nodes.Clear();
            foreach (var (name, node) in nodes)
                _nodes.Add(name, node);
            var order = recipe.Links.Select((link, i) => (link, i)).ToDictionary(pair => pair.link, pair => pair.i);
            _links.Sort((one, other) => order.GetValueOrDefault(one.Recipe).CompareTo(order.GetValueOrDefault(other.Recipe)));
        }
    }
}
