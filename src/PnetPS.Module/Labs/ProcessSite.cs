using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation.Runspaces;
using Pnet;
using PnetPS.Hosting;

namespace PnetPS.Labs;

/// <summary>A daemon for each node, linked over UNIX sockets in the lab's folder.</summary>
internal class ProcessSite(LabFolder folder, NodeRegistry nodes, Runspace? session, DaemonProgram program) : LabSite(folder)
{
    private readonly ConcurrentDictionary<string, OwnedProcess> _processes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override R2LabIsolation Isolation => R2LabIsolation.Process;

    /// <inheritdoc/>
    public override async Task<R2Node> StartAsync(LabNodePlan plan, CancellationToken cancellationToken)
    {
        await EndAsync(plan.Name).ConfigureAwait(false);
        string[] command = [.. Launcher(plan.Name), program.Path, .. program.Words, .. Options(plan)];
        var process = OwnedProcess.Start(command[0], command[1..]);
        _processes[plan.Name] = process;
        R2Node? node = null;
        try
        {
            await process.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            node = await NodeSource.ConnectAsync(Folder.SocketPath(plan.Name), cancellationToken, plan.Lab, process.Exited).ConfigureAwait(false);
            nodes.Add(node, session);
            return node;
        }
        catch (Exception exception)
        {
            if (node is not null)
                await nodes.RemoveAsync(node).ConfigureAwait(false);
            await EndAsync(plan.Name).ConfigureAwait(false);
            if (exception is not PnetException failure)
                throw;
            throw new PnetException(failure.Error, $"the daemon of node {plan.Name} does not run: {failure.Message}", failure.Action, failure);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(R2Node node)
    {
        await nodes.RemoveAsync(node).ConfigureAwait(false);
        await EndAsync(node.Name!).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        // Only of nodes that were still being started.
        await Task.WhenAll(_processes.Keys.Select(EndAsync)).ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Where a node's daemon accepts the lab's links.</summary>
    protected virtual string LinkEndpoint(string node) => $"unix://{Folder.LinkPath(node)}";

    /// <summary>What puts a node's daemon in its place and becomes it: a program and its first arguments.</summary>
    protected virtual IEnumerable<string> Launcher(string node) => [];

    private IEnumerable<string> Options(LabNodePlan plan) =>
    [
        "--until-eof",
        "--name", plan.Name,
        "--key", plan.KeyPath,
        "--socket", Folder.SocketPath(plan.Name),
        .. plan.Listen.Prepend(LinkEndpoint(plan.Name)).SelectMany(endpoint => (string[])["--listen", endpoint]),
        .. plan.Allow.SelectMany(allowed => (string[])["--allow", allowed]),
        .. plan.Relay ? Enumerable.Empty<string>() : ["--no-relay"],
        .. plan.KeepAlive is { } time ? ["--keep-alive", string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms")] : Enumerable.Empty<string>(),
    ];

    private async Task EndAsync(string name)
    {
        if (_processes.TryRemove(name, out var process))
            await process.DisposeAsync().ConfigureAwait(false);
    }
}
