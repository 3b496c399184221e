using System.Management.Automation;
using PnetPS.Arguments;

namespace PnetPS.Commands;

/// <summary>Has a node accept links at an endpoint.</summary>
[Cmdlet(VerbsCommon.New, "R2Listener", SupportsShouldProcess = true)]
[OutputType(typeof(R2Listener))]
public sealed class NewR2ListenerCommand : R2NodeCmdlet
{
    /// <summary>Where to listen: <c>tcp://0.0.0.0:47210</c>, <c>unix:///run/x.sock</c>; port 0 is any that is free.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    public string[] Endpoint { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        foreach (var endpoint in Endpoint)
        {
            if (ShouldProcess($"{node} at {endpoint}", "Accept links"))
                Try(() => WriteObject(new R2Listener(node, Ask(node, (control, stopping) => control.AddListenerAsync(endpoint, stopping), $"Listening at {endpoint}"))), endpoint);
        }
    }
}

/// <summary>Gets where a node accepts links.</summary>
[Cmdlet(VerbsCommon.Get, "R2Listener")]
[OutputType(typeof(R2Listener))]
public sealed class GetR2ListenerCommand : R2PipedNodeCmdlet
{
    /// <summary>Endpoints, with wildcards; without it, all.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ListenerCompleter))]
    public string[] Endpoint { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        var listeners = Ask(node, (control, stopping) => control.GetListenersAsync(stopping)).Select(listener => new R2Listener(node, listener)).ToList();
        WriteNamed(listeners, Endpoint, (listener, pattern) => pattern.IsMatch(listener.Endpoint), endpoint => $"node {node} doesn't listen at {endpoint}", "New-R2Listener");
    }
}

/// <summary>Has a node accept links at an endpoint no longer; those that came through it stay.</summary>
[Cmdlet(VerbsCommon.Remove, "R2Listener", SupportsShouldProcess = true)]
public sealed class RemoveR2ListenerCommand : R2NodeCmdlet
{
    /// <summary>The endpoints.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ListenerCompleter))]
    public string[] Endpoint { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var node = ResolveNode();
        foreach (var endpoint in Endpoint)
        {
            if (ShouldProcess($"{node} at {endpoint}", "Stop accepting links"))
                Try(() => Ask(node, (control, stopping) => control.RemoveListenerAsync(endpoint, stopping), $"Closing {endpoint}"), endpoint);
        }
    }
}
