using Pnet.Channels;
using Pnet.Routing;

namespace Pnet.Services;

/// <summary>Serves each channel with a function.</summary>
/// <param name="name">The name it is addressed by.</param>
/// <param name="rule">Who may use it beside known nodes.</param>
/// <param name="description">What stands behind it.</param>
/// <param name="listed">Whether it is listed.</param>
/// <param name="serve">Accepts the channel and serves it until its end.</param>
public sealed class DelegateService(
    string name, AccessRule rule, string description, bool listed, Func<Neighbour, Channel, CancellationToken, Task> serve) : Service(name, rule)
{
    /// <inheritdoc/>
    public override string Description => description;

    /// <inheritdoc/>
    public override bool Listed => listed;

    /// <inheritdoc/>
    protected override Task ServeAsync(Neighbour caller, Channel channel, CancellationToken cancellationToken) => serve(caller, channel, cancellationToken);
}
