using System.Globalization;
using Pnet.Control;

namespace Pnet.Cli.Output;

/// <summary>What a series of pings amounts to.</summary>
internal sealed class PingSummary
{
    private TimeSpan _min = TimeSpan.MaxValue;
    private TimeSpan _max;
    private TimeSpan _sum;

    /// <summary>Messages sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Messages that came back.</summary>
    public int Received { get; private set; }

    /// <summary>Counts one.</summary>
    public void Add(PingReply reply)
    {
        Sent++;
        if (reply.RoundTrip is not { } time)
            return;

        Received++;
        _sum += time;
        _min = time < _min ? time : _min;
        _max = time > _max ? time : _max;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string counts = string.Create(CultureInfo.InvariantCulture, $"{Sent} sent, {Received} received, {100.0 * (Sent - Received) / Math.Max(1, Sent):0.#}% lost");
        return Received == 0 ? counts : $"{counts}, round trip min/avg/max {Human.Latency(_min)} / {Human.Latency(_sum / Received)} / {Human.Latency(_max)}";
    }
}
