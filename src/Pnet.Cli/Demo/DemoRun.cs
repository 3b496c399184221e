namespace Pnet.Cli.Demo;

/// <summary>Nodes, links, a route and a tunnel at work.</summary>
internal sealed class DemoRun
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(CancellationToken cancellationToken) => throw new NotSupportedException("the demo is not there yet");
}
