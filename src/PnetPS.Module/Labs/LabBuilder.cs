using Pnet.Addressing;
using Pnet.Control;

namespace PnetPS.Labs;

/// <summary>Brings a lab to what a recipe says: what is missing is made, what is too much is removed, and all else is left as it is.</summary>
/// <param name="lab">The lab.</param>
/// <param name="ends">The recipe's services as the session's cmdlet has read them.</param>
/// <param name="report">Is told what is being done.</param>
internal sealed class LabBuilder(R2Lab lab, IReadOnlyDictionary<R2RecipeService, NearEnd> ends, Action<string> report)
{
    // Starting processes and shaking hands is work for a processor; more at a time is no faster.
    private static readonly int AtOnce = Math.Clamp(Environment.ProcessorCount, 2, 8);

    private readonly Lock _gate = new();
    private readonly Stack<Func<Task>> _made = [];
    private Dictionary<string, R2Identity> _identities = [];

    /// <summary>Builds, or changes; when that fails or is cancelled, what was made by it is removed again.</summary>
    public async Task BuildAsync(R2Recipe recipe, CancellationToken cancellationToken)
    {
        try
        {
            await RemoveExtraAsync(recipe).ConfigureAwait(false);
            var plans = Plan(recipe);
            await EachAsync("starting node", recipe.Nodes.Where(node => !IsRunning(node.Name)), (node, stop) => StartAsync(plans[node.Name], stop), cancellationToken).ConfigureAwait(false);
            await EachAsync("introducing node", recipe.Nodes, (node, stop) => IntroduceAsync(recipe, node.Name, stop), cancellationToken).ConfigureAwait(false);
            await EachAsync("offering service", recipe.Services, OfferAsync, cancellationToken).ConfigureAwait(false);
            await EachAsync("linking", recipe.Links, (link, stop) => LinkAsync(recipe, link, stop), cancellationToken).ConfigureAwait(false);
            lab.Recipe = recipe;
            lab.Sort(recipe);
            await lab.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await UndoAsync().ConfigureAwait(false);
            throw;
        }
    }

    private bool IsRunning(string name) => lab.Find(name) is { State: R2NodeState.Running };

    /// <summary>Removes what the recipe has no longer, and nodes that it now starts differently.</summary>
    private async Task RemoveExtraAsync(R2Recipe recipe)
    {
        var changed = lab.Recipe.Nodes.Where(old => recipe.Nodes.FirstOrDefault(node => node.Name == old.Name) is not { } now || !now.IsLike(old))
            .Select(node => node.Name).ToHashSet();
        foreach (var link in lab.Links.Where(link => changed.Contains(link.From) || changed.Contains(link.To) || !recipe.Links.Contains(link.Recipe)))
            await UnlinkAsync(link).ConfigureAwait(false);
        foreach (var service in lab.Services.Where(old => changed.Contains(old.Node) || !recipe.Services.Any(old.IsLike)).ToList())
            await WithdrawAsync(service).ConfigureAwait(false);
        foreach (var name in changed)
            await StopAsync(name).ConfigureAwait(false);
    }

    private Dictionary<string, LabNodePlan> Plan(R2Recipe recipe)
    {
        // All keys are there before the first node is: nodes can be told of each other from the start.
        _identities = recipe.Nodes.ToDictionary(node => node.Name, node => lab.Files.Identity(node.Name));
        return recipe.Nodes.ToDictionary(node => node.Name, node => new LabNodePlan
        {
            Lab = lab.Name,
            Name = node.Name,
            KeyPath = _identities[node.Name].KeyPath,
            Listen = [.. node.Listen.Select(lab.Files.Expand)],
            Allow = [.. node.Allow.Select(IdOf)],
            Relay = node.Relay,
            KeepAlive = node.KeepAlive,
        });
    }

    private string IdOf(string text) => _identities.TryGetValue(text, out var identity) ? identity.Id : text;

    private async Task StartAsync(LabNodePlan plan, CancellationToken cancellationToken)
    {
        // One that was stopped meanwhile has taken its services and links with it.
        lock (_gate)
            lab.Services.RemoveAll(service => service.Node == plan.Name);
        var node = await lab.Site.StartAsync(plan, cancellationToken).ConfigureAwait(false);
        lab.Put(plan.Name, node);
        Made(() => StopAsync(plan.Name));
    }

    /// <summary>Makes known to a node those that the recipe says, and unknown those that it said before.</summary>
    private async Task IntroduceAsync(R2Recipe recipe, string name, CancellationToken cancellationToken)
    {
        var control = lab.Find(name)!.Control;
        var known = (await control.GetAccessAsync(cancellationToken).ConfigureAwait(false)).Select(entry => entry.Id).ToHashSet();
        foreach (var (other, identity) in _identities.Where(pair => pair.Key != name))
        {
            var id = NodeId.Parse(identity.Id);
            if (IsKnown(recipe, name, other))
            {
                if (!known.Contains(id))
                    await control.GrantAccessAsync(new AccessEntry { Id = id, Name = other }, cancellationToken).ConfigureAwait(false);
            }
            else if (known.Contains(id) && IsKnown(lab.Recipe, name, other))
            {
                await control.RevokeAccessAsync(identity.Id, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsKnown(R2Recipe recipe, string one, string other) => recipe.Trust switch
    {
        R2RecipeTrust.All => true,
        R2RecipeTrust.Neighbours => recipe.Links.Any(link => link.Joins(one, other)),
        _ => false,
    };

    private async Task OfferAsync(R2RecipeService service, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (lab.Services.Any(service.IsLike))
                return;
        }

        await LabServices.OfferAsync(lab, service, ends[service], [.. service.Allow.Select(IdOf)], cancellationToken).ConfigureAwait(false);
        lock (_gate)
            lab.Services.Add(service);
        Made(() => WithdrawAsync(service));
    }

    private async Task LinkAsync(R2Recipe recipe, R2RecipeLink wanted, CancellationToken cancellationToken)
    {
        var link = lab.FindLink(wanted.From, wanted.To);
        if (link is not null)
        {
            await link.RefreshAsync(cancellationToken).ConfigureAwait(false);
            if (link.State != R2LabLinkState.Down)
                return;
        }
        else
        {
            var number = lab.NextLink();
            link = new R2LabLink(lab, wanted, number, await lab.Site.LayAsync(wanted, number, cancellationToken).ConfigureAwait(false));
            lab.Put(link);
            Made(() => UnlinkAsync(link));
        }

        await LabLinks.ConnectAsync(link, IsKnown(recipe, link.From, link.To), cancellationToken).ConfigureAwait(false);
    }

    private async Task UnlinkAsync(R2LabLink link)
    {
        lab.Take(link);
        if (lab.Find(link.From) is { State: R2NodeState.Running } from)
            await LabSite.DisconnectAsync(link, from, CancellationToken.None).ConfigureAwait(false);
        await lab.Site.LiftAsync(link).ConfigureAwait(false);
        link.State = R2LabLinkState.Down;
    }

    private async Task WithdrawAsync(R2RecipeService service)
    {
        lock (_gate)
            lab.Services.Remove(service);
        if (lab.Find(service.Node) is { State: R2NodeState.Running } node)
            await LabServices.WithdrawAsync(node, service.Name).ConfigureAwait(false);
    }

    private async Task StopAsync(string name)
    {
        if (lab.Find(name) is not { } node)
            return;
        lab.Take(name);
        await lab.Site.StopAsync(node).ConfigureAwait(false);
    }

    private void Made(Func<Task> undo)
    {
        lock (_gate)
            _made.Push(undo);
    }

    private async Task UndoAsync()
    {
        report("taking back what was made");
        while (true)
        {
            Func<Task>? undo;
            lock (_gate)
            {
                if (!_made.TryPop(out undo))
                    return;
            }

            try
            {
                await undo().ConfigureAwait(false);
            }
            catch (Exception exception) when (Failure.IsExpected(exception))
            {
                // What can't be undone by itself goes with its node, and the nodes with the lab: the failure that led here
                // is the one to be told.
            }
        }
    }

    private async Task EachAsync<T>(string doing, IEnumerable<T> items, Func<T, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var all = items.ToList();
        var done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(all, options, async (item, stop) =>
        {
            report($"{doing} {Interlocked.Increment(ref done)} of {all.Count}");
            await work(item, stop).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }
}
