using Pnet.EndToEnd.Fixture;

namespace Pnet.EndToEnd.Networks;

/// <summary>Network namespaces in a row, each joined to the next by a pair of virtual Ethernet devices, and no route beyond that.</summary>
internal sealed class Namespaces : IAsyncDisposable
{
    private readonly List<string> _names = [];

    private Namespaces()
    {
    }

    /// <summary>A namespace by its place in the row.</summary>
    public string this[int index] => _names[index];

    /// <summary>The address that a node of the row has on the net towards the next one or the one before.</summary>
    public static string AddressOf(int index, int towards) => $"10.77.{Math.Min(index, towards)}.{(index < towards ? 1 : 2)}";

    public static async Task<Namespaces> CreateAsync(int count)
    {
        var namespaces = new Namespaces();
        string prefix = $"r2-{Guid.NewGuid().ToString("N")[..8]}";
        try
        {
            for (int i = 0; i < count; i++)
            {
                string name = $"{prefix}-{i}";
                await IpAsync("netns", "add", name);
                namespaces._names.Add(name);
                await IpAsync("-n", name, "link", "set", "lo", "up");
                if (i > 0)
                    await namespaces.JoinAsync(i - 1, i);
            }

            return namespaces;
        }
        catch
        {
            await namespaces.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string name in _names)
            await IpAsync("netns", "delete", name);
        _names.Clear();
    }

    // Device names are those of the namespace: they need not differ from others'.
    private async Task JoinAsync(int left, int right)
    {
        await IpAsync("link", "add", $"to{right}", "netns", this[left], "type", "veth", "peer", "name", $"to{left}", "netns", this[right]);
        foreach (var (here, there) in ((int, int)[])[(left, right), (right, left)])
        {
            await IpAsync("-n", this[here], "address", "add", $"{AddressOf(here, there)}/24", "dev", $"to{there}");
            await IpAsync("-n", this[here], "link", "set", $"to{there}", "up");
        }
    }

    private static async Task IpAsync(params string[] arguments) =>
        (await Shell.RunAsync("ip", arguments, new Dictionary<string, string>())).Succeeds();
}
