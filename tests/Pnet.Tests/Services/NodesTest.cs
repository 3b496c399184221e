using Pnet.Tests.Transports;

namespace Pnet.Tests.Services;

/// <summary>What tests of whole nodes share: nodes and a directory, gone when the test is over.</summary>
public abstract class NodesTest : IAsyncLifetime
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(2));

    private protected TemporaryDirectory Folder { get; } = new();

    private protected TestNodes Nodes { get; } = new();

    /// <summary>Cancelled when the test takes too long.</summary>
    private protected CancellationToken Token => _timeout.Token;

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        await Nodes.DisposeAsync();
        Folder.Dispose();
        _timeout.Dispose();
    }
}
