using Pnet.Addressing;
using Pnet.Control;

namespace Pnet.Tests.Services;

/// <summary>A test of alice, bob and carol in a row: alice reaches carol, who knows her, through bob.</summary>
public abstract class NodeRowTest : NodesTest
{
    private protected Node Alice { get; private set; } = null!;

    private protected Node Bob { get; private set; } = null!;

    private protected Node Carol { get; private set; } = null!;

    /// <summary>The way from alice to carol.</summary>
    private protected AddressPath ToCarol { get; private set; } = null!;

    /// <summary>Alice's link to bob.</summary>
    private protected IAttachedLink LinkToBob { get; private set; } = null!;

    /// <summary>Where carol takes managers.</summary>
    private protected string CarolSocket => Folder.File("carol.sock");

    public override async Task InitializeAsync()
    {
        Alice = await Nodes.StartAsync("alice");
        Bob = await Nodes.StartAsync("bob");
        Carol = await Nodes.StartAsync("carol", o => o with { Allow = [Alice.Id.ToString()], SocketPath = CarolSocket });
        (LinkToBob, _) = await TestNodes.LinkAsync(Alice, Bob);
        await TestNodes.LinkAsync(Bob, Carol);
        ToCarol = AddressPath.Parse($"bob/{Carol.Id}");
    }
}
