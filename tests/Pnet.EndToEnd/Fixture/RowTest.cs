namespace Pnet.EndToEnd.Fixture;

/// <summary>A test of alice, bob and carol in a row: alice reaches carol through bob. Bob and carol know alice, and alice knows bob.</summary>
public abstract class RowTest : IAsyncLifetime
{
    private protected TestNetwork Network { get; } = new();

    private protected Daemon Alice { get; private set; } = null!;

    private protected Daemon Bob { get; private set; } = null!;

    private protected Daemon Carol { get; private set; } = null!;

    /// <summary>The way from alice to carol.</summary>
    private protected string ToCarol => $"bob/{Carol.Id}";

    public virtual async Task InitializeAsync()
    {
        Alice = await Network.DaemonAsync("alice");
        Bob = await Network.DaemonAsync("bob", "--allow", Alice.Id);
        Carol = await Network.DaemonAsync("carol", "--allow", Alice.Id);
        await TestNetwork.LinkAsync(Alice, Bob);
        await TestNetwork.LinkAsync(Bob, Carol);
        await Alice.TrustAsync(Bob);
    }

    public async Task DisposeAsync() => await Network.DisposeAsync();
}
