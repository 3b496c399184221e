using Pnet.Tests.Transports;

namespace Pnet.Tests.Services;

/// <summary>What tests of whole nodes share: nodes and a directory, gone when the test is over.</summary>
public abstract class NodesTest : IAsyncLifetime
{
    private protected TemporaryDirectory Folder { get; } = new();

    private protected TestNodes Nodes { get; } = new();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        await Nodes.DisposeAsync();
        Folder.Dispose();
    }
}
