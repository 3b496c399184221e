using Pnet.Addressing;
using Pnet.Frames;

namespace Pnet.Routing;

/// <summary>
/// The whole router, as a pure function (seed 3): <c>r2 f n0 (RouteTo n1 msg) = f n1 (RoutedFrom n0 msg)</c>.
/// </summary>
/// <remarks>
/// Addresses are interned on a link, so the rule is applied once to what a channel is bound to;
/// from there on bytes that come as <see cref="Operation.RouteTo"/> leave as <see cref="Operation.RoutedFrom"/>.
/// </remarks>
public static class RoutingRule
{
    /// <summary>Says whom to tell, and what, when <paramref name="n0"/> asks to route.</summary>
    /// <param name="n0">The node that asks.</param>
    /// <param name="routeTo">The address it bound; of kind <see cref="FrameAddressKind.ToNode"/>.</param>
    /// <exception cref="ArgumentException">The address is of another kind.</exception>
    public static (NodeId Hearer, FrameAddress Address) Apply(NodeId n0, FrameAddress routeTo) =>
        routeTo.Kind == FrameAddressKind.ToNode
            ? (routeTo.Node, FrameAddress.From(n0))
            : throw new ArgumentException($"Only a destination node is routed to, not {routeTo}.", nameof(routeTo));
}
