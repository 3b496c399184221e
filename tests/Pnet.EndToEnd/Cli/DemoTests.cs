using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Cli;

/// <summary><c>r2 demo</c>.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_shows_links_a_route_a_ping_and_a_tunnel_and_leaves_nothing_behind()
    {
        await using var network = new TestNetwork();

        Finished demo = await Shell.RunAsync(Executables.Manager, ["demo"], network.EnvironmentWith(("TMPDIR", network.Directory)), limit: TimeSpan.FromMinutes(3));

        string output = demo.Succeeds().Output;
        Assert.Contains("alice$ r2 connect 'socat tcp:127.0.0.1:", output, StringComparison.Ordinal);
        Assert.Contains("3 sent, 3 received, 0% lost", output, StringComparison.Ordinal);
        Assert.Contains("HELLO FROM ALICE", output, StringComparison.Ordinal);
        Assert.Empty(ProcessTable.Marked(network.Mark));
        Assert.Empty(Directory.GetFileSystemEntries(network.Directory, "r2-demo-*"));
    }

    [Fact]
    public async Task An_interrupted_demo_leaves_nothing_behind()
    {
        await using var network = new TestNetwork();
        Running demo = network.Start(Executables.Manager, ["demo"], network.EnvironmentWith(("TMPDIR", network.Directory)));
        await demo.LineAsync("carol$ r2d");

        demo.Signal(Signals.Interrupt);

        Assert.Equal(128 + Signals.Interrupt, await demo.ExitAsync());
        Assert.Empty(Directory.GetFileSystemEntries(network.Directory, "r2-demo-*"));
        await Bounded.UntilAsync("the end of what it started", () => ProcessTable.Marked(network.Mark).Count == 0);
    }
}
