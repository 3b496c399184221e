using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation.Runspaces;
using Pnet;
using PnetPS.Hosting;

namespace PnetPS.Labs;

/// <summary>
/// A network namespace with a daemon for each node, and a pair of virtual Ethernet devices with a net of its own for each link.
/// </summary>
/// <remarks>
/// Devices are made in the namespaces at once and addresses are only seen there, so neither can meet another's; a namespace
/// has the name of the lab's folder in its own.
/// </remarks>
internal sealed class NamespaceSite(LabFolder folder, NodeRegistry nodes, Runspace? session, DaemonProgram program)
    : ProcessSite(folder, nodes, session, program)
{
    private const int Port = 47210;
    private const int NetsPerOctet = 64;
    private const int MaxNets = 256 * NetsPerOctet;

    private readonly ConcurrentDictionary<string, string> _namespaces = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override R2LabIsolation Isolation => R2LabIsolation.Namespace;

    /// <summary>Fails where there can be none.</summary>
    /// <exception cref="PnetException">The system, the user or a program is not the right one.</exception>
    public static void RequireSupport()
    {
        if (!OperatingSystem.IsLinux())
            throw new PnetException(PnetError.Usage, "network namespaces are Linux's", "Use -Isolation Process.");
        if (!Environment.IsPrivilegedProcess)
            throw new PnetException(PnetError.PermissionDenied, "network namespaces take root's rights", "Run PowerShell as root, or use -Isolation Process.");
        if (DaemonProgram.FindOnPath("ip") is null)
            throw new PnetException(PnetError.NotFound, "there is no program ip on PATH", "Install it (Debian has it in iproute2), or use -Isolation Process.");
    }

    /// <inheritdoc/>
    public override async Task<R2Node> StartAsync(LabNodePlan plan, CancellationToken cancellationToken)
    {
        if (!_namespaces.ContainsKey(plan.Name))
        {
            var space = $"{Path.GetFileName(Folder.Path)}-{plan.Name}";
            await IpCommand.RunAsync("netns", "add", space).ConfigureAwait(false);
            _namespaces[plan.Name] = space;
            await IpCommand.RunAsync("-n", space, "link", "set", "lo", "up").ConfigureAwait(false);
        }

        return await base.StartAsync(plan, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(R2Node node)
    {
        await base.StopAsync(node).ConfigureAwait(false);
        await DeleteAsync(node.Name!).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task<string> LayAsync(R2RecipeLink link, int number, CancellationToken cancellationToken)
    {
        if (link.Transport is not null)
            return await base.LayAsync(link, number, cancellationToken).ConfigureAwait(false);
        if (number >= MaxNets)
            throw new PnetException(PnetError.LimitReached, $"a lab can have {MaxNets} links in its time", "Remove it and build it anew.");

        var (from, to, device) = (_namespaces[link.From], _namespaces[link.To], Device(number));
        await IpCommand.RunAsync("link", "add", device, "netns", from, "type", "veth", "peer", "name", device, "netns", to).ConfigureAwait(false);
        foreach (var (space, end) in ((string, int)[])[(from, 1), (to, 2)])
        {
            await IpCommand.RunAsync("-n", space, "address", "add", $"{Address(number, end)}/30", "dev", device).ConfigureAwait(false);
            await IpCommand.RunAsync("-n", space, "link", "set", device, "up").ConfigureAwait(false);
        }

        return string.Create(CultureInfo.InvariantCulture, $"tcp://{Address(number, 2)}:{Port}");
    }

    /// <inheritdoc/>
    public override async Task LiftAsync(R2LabLink link)
    {
        // The other end of the pair goes with it.
        if (link.Recipe.Transport is null && _namespaces.TryGetValue(link.From, out var space))
            await IpCommand.RunAsync("-n", space, "link", "delete", Device(link.Number)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task CutAsync(R2LabLink link, R2Node from, R2Node to, CancellationToken cancellationToken) => link.Recipe.Transport is null
        ? SetAsync(link, "down")
        : base.CutAsync(link, from, to, cancellationToken);

    /// <inheritdoc/>
    public override Task HealAsync(R2LabLink link, CancellationToken cancellationToken) => link.Recipe.Transport is null
        ? SetAsync(link, "up")
        : base.HealAsync(link, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_namespaces.Keys.Select(DeleteAsync)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override string LinkEndpoint(string node) => string.Create(CultureInfo.InvariantCulture, $"tcp://0.0.0.0:{Port}");

    /// <inheritdoc/>
    protected override IEnumerable<string> Launcher(string node) => [IpCommand.Program, "netns", "exec", _namespaces[node]];

    private Task SetAsync(R2LabLink link, string state) => IpCommand.RunAsync("-n", _namespaces[link.From], "link", "set", Device(link.Number), state);

    private async Task DeleteAsync(string node)
    {
        if (_namespaces.TryRemove(node, out var space))
            await IpCommand.RunAsync("netns", "delete", space).ConfigureAwait(false);
    }

    private static string Device(int number) => string.Create(CultureInfo.InvariantCulture, $"r2-{number}");

    private static string Address(int number, int end) =>
        string.Create(CultureInfo.InvariantCulture, $"10.77.{number / NetsPerOctet}.{(number % NetsPerOctet * 4) + end}");
}
