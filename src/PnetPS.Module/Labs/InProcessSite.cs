using System.Management.Automation.Runspaces;
using PnetPS.Hosting;

namespace PnetPS.Labs;

/// <summary>Nodes of this process, linked over UNIX sockets in the lab's folder.</summary>
internal sealed class InProcessSite(LabFolder folder, NodeRegistry nodes, Runspace? session) : LabSite(folder)
{
    /// <inheritdoc/>
    public override R2LabIsolation Isolation => R2LabIsolation.None;

    /// <inheritdoc/>
    public override Task<R2Node> StartAsync(LabNodePlan plan, CancellationToken cancellationToken)
    {
        var settings = new NodeSettings
        {
            Name = plan.Name,
            Lab = plan.Lab,
            KeyPath = plan.KeyPath,
            Listen = [$"unix://{Folder.LinkPath(plan.Name)}", .. plan.Listen],
            Allow = plan.Allow,
            Relay = plan.Relay,
            KeepAlive = plan.KeepAlive,
        };
        return nodes.StartAsync(settings, session, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task StopAsync(R2Node node) => nodes.RemoveAsync(node);
}
