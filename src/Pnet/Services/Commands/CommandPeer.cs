namespace Pnet.Services.Commands;

/// <summary>A neighbour of a node, as <c>get_peers</c> tells of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Via">The id of the node that the link goes through.</param>
public sealed record CommandPeer(string Id, string? Name, string? Via);
