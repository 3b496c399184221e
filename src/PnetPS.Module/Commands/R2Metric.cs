using System.Management.Automation;

namespace PnetPS.Commands;

/// <summary>Gets the counters of a node.</summary>
[Cmdlet(VerbsCommon.Get, "R2Metric")]
[OutputType(typeof(R2Metric))]
public sealed class GetR2MetricCommand : R2PipedNodeCmdlet
{
    /// <summary>Names, with wildcards, such as <c>links.*</c>; without it, all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var metrics = Ask(node, (control, stopping) => control.GetMetricsAsync(stopping))
            .OrderBy(metric => metric.Key, StringComparer.Ordinal)
            .Select(metric => new R2Metric(node, metric.Key, metric.Value))
            .ToList();
        WriteNamed(metrics, Name, (metric, pattern) => pattern.IsMatch(metric.Name), name => $"node {node} has no counter '{name}'", "the node");
    }
}
