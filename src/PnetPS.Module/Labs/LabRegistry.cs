using System.Management.Automation.Runspaces;
using Pnet;
using PnetPS.Hosting;

namespace PnetPS.Labs;

/// <summary>The labs of this process: what the cmdlets find a lab in, and what is removed with the module.</summary>
internal sealed class LabRegistry
{
    private readonly Lock _gate = new();
    private readonly List<(R2Lab Lab, Owner Owner)> _labs = [];

    /// <summary>The labs, the oldest first.</summary>
    public IReadOnlyList<R2Lab> All
    {
        get
        {
            lock (_gate)
                return [.. _labs.Select(entry => entry.Lab)];
        }
    }

    /// <summary>Finds a lab by its name.</summary>
    /// <exception cref="PnetException">There is none.</exception>
    public R2Lab Find(string name) => TryFind(name) ?? throw new PnetException(
        PnetError.NotFound,
        $"there is no lab '{name}'",
        All.Count == 0 ? "New-R2Lab makes one." : $"The labs are: {string.Join(", ", All)}.");

    /// <summary>The lab that is meant where none is named.</summary>
    /// <exception cref="PnetException">There is none, or there are several.</exception>
    public R2Lab GetDefault()
    {
        var labs = All;
        return labs.Count switch
        {
            1 => labs[0],
            0 => throw new PnetException(PnetError.NotFound, "there is no lab", "New-R2Lab makes one."),
            _ => throw new PnetException(PnetError.Usage, $"there are {labs.Count} labs: {string.Join(", ", labs)}", "Say which one with -Lab."),
        };
    }

    /// <summary>Builds a lab, or brings the one of that name to what the recipe says.</summary>
    /// <exception cref="PnetException">It can't be built: what was made is gone again.</exception>
    public async Task<R2Lab> BuildAsync(LabRequest request, CancellationToken cancellationToken)
    {
        var (lab, isNew) = await EnterAsync(request, cancellationToken).ConfigureAwait(false);
        var step = "making keys";
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lab.Ending.Token);
        bound.CancelAfter(request.Timeout);
        try
        {
            await BuildAsync(lab, isNew, new LabBuilder(lab, request.Ends, Tell), request.Recipe, bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw lab.Ending.IsCancellationRequested
                ? new PnetException(PnetError.Closed, $"lab {lab} was removed while it was built")
                : new PnetException(PnetError.TimedOut, $"lab {lab} was not up within {request.Timeout.TotalSeconds:0.#} s: it was {step}", "Allow it more time with -Timeout.");
        }
        finally
        {
            lab.Turn.Release();
        }

        return lab;

        void Tell(string now)
        {
            step = now;
            request.Report(now);
        }
    }

    /// <summary>Does something to a lab while nobody else changes it.</summary>
    public static async Task ChangeAsync(R2Lab lab, Func<CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        await lab.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (lab.State == R2LabState.Removed)
                throw new PnetException(PnetError.Closed, $"lab {lab} was removed", "New-R2Lab makes it again.");
            await change(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lab.Turn.Release();
        }
    }

    /// <summary>Removes a lab with all that it has; one that is being built is not built further.</summary>
    public async Task RemoveAsync(R2Lab lab)
    {
        await lab.Ending.CancelAsync().ConfigureAwait(false);
        await lab.Turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await TearDownAsync(lab).ConfigureAwait(false);
        }
        finally
        {
            lab.Turn.Release();
        }
    }

    /// <summary>Removes what was built from a session, or from one that has ended since; with <see langword="null"/>, everything.</summary>
    public async Task CloseSessionAsync(Runspace? session)
    {
        List<R2Lab> ended;
        lock (_gate)
            ended = [.. _labs.Where(entry => entry.Owner.Is(session)).Select(entry => entry.Lab)];
        await Task.WhenAll(ended.Select(RemoveAsync)).ConfigureAwait(false);
    }

    private R2Lab? TryFind(string name) => All.FirstOrDefault(lab => lab.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private async Task BuildAsync(R2Lab lab, bool isNew, LabBuilder builder, R2Recipe recipe, CancellationToken cancellationToken)
    {
        lab.State = R2LabState.Building;
        try
        {
            await builder.BuildAsync(recipe, cancellationToken).ConfigureAwait(false);
        }
        catch when (isNew)
        {
            await TearDownAsync(lab).ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (lab.State == R2LabState.Building)
                lab.State = R2LabState.Running;
        }
    }

    /// <summary>Finds or makes the lab, and waits for the turn to change it.</summary>
    private async Task<(R2Lab Lab, bool IsNew)> EnterAsync(LabRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (lab, isNew) = GetOrAdd(request);
            // A new one is nobody else's, and must not be left unbuilt.
            await lab.Turn.WaitAsync(isNew ? CancellationToken.None : cancellationToken).ConfigureAwait(false);
            if (lab.State != R2LabState.Removed)
                return (lab, isNew);
            // It could not be built, or was removed, while this waited: another has its name now, or none.
            lab.Turn.Release();
        }
    }

    private (R2Lab Lab, bool IsNew) GetOrAdd(LabRequest request)
    {
        lock (_gate)
        {
            if (TryFind(request.Name) is { } standing)
            {
                return request.Isolation is not { } isolation || isolation == standing.Isolation
                    ? (standing, false)
                    : throw new PnetException(PnetError.AlreadyExists, $"lab {standing} is there already, with -Isolation {standing.Isolation}", $"Remove it first: Remove-R2Lab {standing}; or give this one another -Name.");
            }

            var folder = new LabFolder();
            try
            {
                var lab = new R2Lab(request.Name, folder, request.CreateSite(folder), request.Recipe);
                _labs.Add((lab, new Owner(request.Session)));
                return (lab, true);
            }
            catch
            {
                folder.Dispose();
                throw;
            }
        }
    }

    /// <summary>Ends all that a lab has, whatever of it fails, and then tells of the first failure.</summary>
    private async Task TearDownAsync(R2Lab lab)
    {
        if (lab.State == R2LabState.Removed)
            return;
        lab.State = R2LabState.Removed;
        lock (_gate)
            _labs.RemoveAll(entry => entry.Lab == lab);
        try
        {
            await Task.WhenAll(lab.Nodes.Values.Select(lab.Site.StopAsync)).ConfigureAwait(false);
        }
        finally
        {
            try
            {
                await lab.Site.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                lab.Files.Dispose();
            }
        }

        foreach (var link in lab.Links)
            link.State = R2LabLinkState.Down;
    }
}
