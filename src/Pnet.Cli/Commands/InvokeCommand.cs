using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;
using Pnet.Services.Streams;
using Pnet.Transports;

namespace Pnet.Cli.Commands;

/// <summary><c>invoke</c>: services of nodes as functions from standard input to standard output.</summary>
internal static class InvokeCommand
{
    /// <summary>Builds the command.</summary>
    public static CliCommand Create(GlobalOptions options)
    {
        var command = new CliCommand(
            "invoke",
            "Send standard input to a service of nodes, and write what each answers",
            "r2 invoke bob sha256 < big.iso                 # the exit code is the service's own",
            "r2 invoke bob,dave/erin sha256 < big.iso       # each line behind the name of its node",
            "tar cz /srv | r2 invoke --stall 1m '*' backup  # without a node that hangs",
            "r2 invoke -o logs bob,carol log < /dev/null    # a file for each: logs/bob, logs/carol");
        var nodes = command.Argument("NODES", "Names, ids or paths with commas between; * is every known node with a link", TargetList.Read);
        nodes.CompletesNodes(options);
        var service = command.Argument("SERVICE", $"The service; each node's gets all of the input [default: {ServiceRequest.DefaultName}]", ServiceName.Validate, optional: true);
        service.CompletesServiceOf(options, nodes);
        var directory = command.Option<string?>("--output-directory", "-o", "DIR", "Write each answer to a file of its node's name there; it has the name once it is whole", Path.GetFullPath, null);
        var timeout = command.Option("--timeout", null, "TIME", "Cut a node that is not done after this long, input included [default: never]", text => (TimeSpan?)DurationText.Parse(text), null);
        var stall = command.Option("--stall", null, "TIME", "Cut a node that takes no input for this long; the slowest sets the pace of all [default: never]", text => (TimeSpan?)DurationText.Parse(text), null);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            string[] texts = session.Parse.GetRequiredValue(nodes);
            var found = await MessageTarget.ResolveAsync(session.Node, texts, cancellationToken).ConfigureAwait(false);
            var targets = found.ToDictionary(one => one.Path.WithService(session.Parse.GetValue(service) ?? ServiceRequest.DefaultName), one => one.Name);
            var limits = new StreamOptions { Timeout = session.Parse.GetValue(timeout), Stall = session.Parse.GetValue(stall) };
            // A star is several nodes, however many there happen to be: what reads the answer need not care.
            bool several = texts.Length > 1 || texts[0] == MessageTarget.All;

            var stdio = Nodes.Stdio();
            await using var _ = stdio.ConfigureAwait(false);
            using var output = new SharedOutput(stdio);
            IAnswerReader reader = (session.Parse.GetValue(directory), session.Out.Json) switch
            {
                ({ } folder, _) => new AnswerFiles(folder, targets.Values),
                (_, true) => new AnswerTexts(),
                _ => several ? new AnswerLines(output) : new AnswerBytes(output),
            };
            var report = new AnswerReport(output, session.Out.Json, several);
            var input = new TransportStream(stdio, FileAccess.Read, leaveOpen: true);
            var results = new StreamClient(session.Node).InvokeAsync([.. targets.Keys], input, (target, answer, token) => reader.ReadAsync(targets[target], answer, token), limits, cancellationToken);
            await foreach (var result in results.ConfigureAwait(false))
                await report.AddAsync(targets[result.Target], result, cancellationToken).ConfigureAwait(false);
            return report.ExitCode;
        });
    }
}
