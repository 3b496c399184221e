using Pnet.Addressing;

namespace Pnet.Services;

/// <summary>A known node.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What its owner's neighbour calls it here, or <see langword="null"/>.</param>
/// <param name="Source">Where that is written down.</param>
public sealed record KnownNode(NodeId Id, string? Name, AccessSource Source);
