using System.Text.Json;
using System.Text.Json.Nodes;
using Pnet.Channels;
using Pnet.Routing;

namespace Pnet.Services.Commands;

/// <summary>The commands that every node has (seed 2): what it can be asked for, and whom it is linked to.</summary>
internal static class BuiltInCommands
{
    /// <summary>Lists the commands that the caller may call.</summary>
    public const string GetFunctions = "get_funcs";

    /// <summary>Lists the neighbours.</summary>
    public const string GetPeers = "get_peers";

    /// <summary>Bytes in the longest call of them, which have no arguments: every node has them, and any known node may open many channels to them.</summary>
    public const int MaxLine = 4096;

    private static readonly CommandInfo FunctionsInfo = new() { Name = GetFunctions, Help = "Lists the commands of this node, with their parameters.", Parameters = [] };
    private static readonly CommandInfo PeersInfo = new() { Name = GetPeers, Help = "Lists the nodes that this one has links to.", Parameters = [] };

    /// <summary>Makes the services of a node.</summary>
    public static IEnumerable<Service> Create(ServiceTable services, NeighbourTable neighbours) =>
    [
        Serve(FunctionsInfo, caller => Functions(services, caller).Select(info => JsonSerializer.SerializeToNode(info, CommandJson.Default.CommandInfo))),
        Serve(PeersInfo, _ => Peers(neighbours).Select(peer => JsonSerializer.SerializeToNode(peer, CommandJson.Default.CommandPeer))),
    ];

    private static IEnumerable<CommandInfo> Functions(ServiceTable services, Neighbour caller) => services.Listed
        .Where(s => s.Name.StartsWith(CommandInfo.ServicePrefix, StringComparison.Ordinal) && services.Allows(s, caller))
        .Select(s => s.Command ?? new CommandInfo { Name = s.Name[CommandInfo.ServicePrefix.Length..] })
        .Concat([FunctionsInfo, PeersInfo])
        .OrderBy(info => info.Name, StringComparer.Ordinal);

    private static IEnumerable<CommandPeer> Peers(NeighbourTable neighbours) => neighbours.Nodes
        .DistinctBy(n => n.Id)
        .Select(n => new CommandPeer(n.Id.ToString(), n.Name, n.Origin.Via?.ToString()));

    private static DelegateService Serve(CommandInfo info, Func<Neighbour, IEnumerable<JsonNode?>> results) => new(
        CommandInfo.ServiceOf(info.Name), AccessRule.KnownOnly, info.Help!, listed: false, (caller, channel, token) => ServeAsync(info, results, caller, channel, token));

    private static Task ServeAsync(CommandInfo info, Func<Neighbour, IEnumerable<JsonNode?>> results, Neighbour caller, Channel channel, CancellationToken cancellationToken)
    {
        channel.Accept();
        return CommandServer.ServeAsync(
            channel,
            caller.Id,
            info,
            async (_, output, token) =>
            {
                foreach (var result in results(caller))
                    await output.WriteAsync(result, token).ConfigureAwait(false);
            },
            MaxLine,
            cancellationToken);
    }
}
