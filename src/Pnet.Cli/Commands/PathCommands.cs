using System.Globalization;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;

namespace Pnet.Cli.Commands;

/// <summary><c>ping</c> and <c>trace</c>: whether a node answers, and how long that takes.</summary>
internal static class PathCommands
{
    private const int MinSize = 16;
    private const int MaxSize = 32_768;

    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Ping(options), Trace(options)];

    private static CliCommand Ping(GlobalOptions options)
    {
        var command = new CliCommand("ping", "Send messages to a node that come back, and time them", "r2 ping bob", "r2 ping -c 1 bob/carol");
        var count = command.Option("--count", "-c", "N", "How many; 0 until interrupted", NumberText.Between(0, int.MaxValue), 4);
        var interval = command.Option("--interval", "-i", "TIME", "From one to the next: 1, 200ms", DurationText.Parse, TimeSpan.FromSeconds(1));
        var size = command.Option("--size", null, "BYTES", "Bytes in each", NumberText.Between(MinSize, MaxSize), 56);
        var timeout = command.Option("--timeout", null, "TIME", "How long to wait for each", DurationText.Parse, TimeSpan.FromSeconds(5));
        var address = command.Argument("ADDRESS", "The node: a name, an id, a path such as bob/carol", NodePath.Read);
        address.CompletesNode(options);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var request = new PingRequest
            {
                Address = session.Parse.GetRequiredValue(address),
                Count = session.Parse.GetValue(count),
                Interval = session.Parse.GetValue(interval),
                Size = session.Parse.GetValue(size),
                Timeout = session.Parse.GetValue(timeout),
            };
            return await RunPingAsync(session, request, cancellationToken).ConfigureAwait(false);
        });
    }

    private static async Task<int> RunPingAsync(Session session, PingRequest request, CancellationToken cancellationToken)
    {
        var summary = new PingSummary();
        try
        {
            await foreach (PingReply reply in session.Node.PingAsync(request, cancellationToken).ConfigureAwait(false))
            {
                summary.Add(reply);
                if (session.Out.Json)
                    session.Out.Document(reply, JsonText.Of<PingReply>());
                else
                    session.Out.Line(Terminal.Clean(Describe(reply)));
                session.Out.Flush();
            }
        }
        catch (OperationCanceledException) when (summary.Sent > 0)
        {
            // Ctrl+C is how an endless ping ends; what came back so far is the answer.
        }

        if (!session.Out.Json && summary.Sent > 0)
            session.Out.Line(summary.ToString());
        return summary.Received > 0 ? ExitCode.Ok : ExitCode.Unreachable;
    }

    private static string Describe(PingReply reply)
    {
        string sequence = reply.Sequence.ToString(CultureInfo.InvariantCulture);
        return reply.RoundTrip is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"{reply.Size} bytes from {reply.Address}: seq={sequence} time={Human.Latency(time)}")
            : $"no answer from {reply.Address}: seq={sequence} {reply.Error ?? "lost"}";
    }

    private static CliCommand Trace(GlobalOptions options)
    {
        var command = new CliCommand("trace", "Ping each node of a path in turn", "r2 trace bob/carol/dave");
        var address = command.Argument("ADDRESS", "The path", NodePath.Read);
        address.CompletesNode(options);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            string? error = null;
            if (!session.Out.Json)
                session.Out.Line(session.Out.Paint($"{"HOP",3}  {"RTT",8}  {"NAME",-12}  {"ID",-44}  VIA", Colour.Bold));
            await foreach (TraceHop hop in session.Node.TraceAsync(session.Parse.GetRequiredValue(address), cancellationToken).ConfigureAwait(false))
            {
                error = hop.Error;
                if (session.Out.Json)
                    session.Out.Document(hop, JsonText.Of<TraceHop>());
                else
                    session.Out.Line(Describe(hop, session.Out.Width));
                session.Out.Flush();
            }

            return error is null ? ExitCode.Ok : ExitCode.Unreachable;
        });
    }

    private static string Describe(TraceHop hop, int width)
    {
        string name = Terminal.Clean(hop.Name ?? (hop.Id is null ? hop.Address : "-"));
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{hop.Hop,3}  {Human.Latency(hop.RoundTrip),8}  {name,-12}  {hop.Id?.ToString() ?? "-",-44}  {Terminal.Clean(hop.Error ?? Identity.Shorten(hop.Transport ?? "-"))}");
        return line.Length > width && hop.Error is null ? string.Concat(line.AsSpan(0, width - 1), "…") : line;
    }
}
