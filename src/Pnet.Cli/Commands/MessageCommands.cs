using System.Text.Unicode;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Control;
using Pnet.Services.Messages;
using Pnet.Transports;

namespace Pnet.Cli.Commands;

/// <summary><c>send</c> and <c>recv</c>: messages to nodes, and those that came.</summary>
internal static class MessageCommands
{
    /// <summary>Builds the commands.</summary>
    public static IEnumerable<CliCommand> Create(GlobalOptions options) => [Send(options), Receive(options)];

    private static CliCommand Send(GlobalOptions options)
    {
        var command = new CliCommand(
            "send",
            "Send a message to nodes; done once it is in the inbox of each",
            "r2 send bob hello",
            "r2 send bob,dave/erin \"the build is green\"",
            "r2 send '*' < notes.txt");
        var targets = command.Argument("NODES", "Names, ids or paths with commas between; * is every known node with a link", TargetList.Read);
        targets.CompletesNodes(options);
        var words = command.Words("TEXT", "The message; without it, what standard input has; after --, also what begins with -", static text => string.Join(' ', text), optional: true);
        var bytes = command.Flag("--bytes", "-b", "Send standard input as bytes and not as text");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            // A text that is empty is one too.
            string? text = session.Parse.GetResult(words) is { Tokens.Count: > 0 } ? session.Parse.GetValue(words) : null;
            Message message = await ReadAsync(text, session.Parse.GetValue(bytes), cancellationToken).ConfigureAwait(false);
            var client = new MessageClient(session.Node);
            var found = await MessageTarget.ResolveAsync(session.Node, session.Parse.GetRequiredValue(targets), cancellationToken).ConfigureAwait(false);
            var report = new TargetReport(session.Out, found.Count);
            await Task.WhenAll(found.Select(target => report.AddAsync(target, () => client.SendAsync(target.Path, message, cancellationToken)))).ConfigureAwait(false);
            return report.ExitCode;
        });
    }

    private static async Task<Message> ReadAsync(string? text, bool bytes, CancellationToken cancellationToken)
    {
        if (text is not null)
            return bytes ? throw new FormatException("--bytes is for standard input; leave the text out") : Message.FromText(text);

        if (!StdioTransport.IsOpen(0))
            throw new PnetException(PnetError.Failed, "standard input is closed, and there is no text", "Give one of them; an empty message is \"\" or < /dev/null.");
        // On another thread: a read that waits for a person or a pipe can't be cancelled, and need not be waited for.
        var body = await Task.Run(ReadInput, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!bytes && !Utf8.IsValid(body.GetBuffer().AsSpan(0, (int)body.Length)))
            throw new FormatException("standard input is no text in UTF-8; --bytes sends it as it is");
        return new Message(bytes ? MessageKind.Bytes : MessageKind.Text, body.ToArray());
    }

    private static MemoryStream ReadInput()
    {
        var body = new MemoryStream();
        try
        {
            using Stream input = Console.OpenStandardInput();
            var block = new byte[64 * 1024];
            // One byte more than fits is read, so that the refusal is the message's own.
            while (body.Length <= Message.MaxSize && input.Read(block) is > 0 and var count)
                body.Write(block, 0, count);
            return body;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"standard input: {SystemWords.Of(exception)}", exception);
        }
    }

    private static CliCommand Receive(GlobalOptions options)
    {
        var command = new CliCommand("recv", "Read the messages that came to the node", "r2 recv", "r2 recv --wait --json", "r2 recv -w -n 1 --timeout 30s --raw > file") { FindsNodes = false };
        var wait = command.Flag("--wait", "-w", "Go on with messages that have not come yet");
        var count = command.Option("--count", "-n", "N", "How many at most; 0 for any number", NumberText.Between(0, int.MaxValue), 0);
        var timeout = command.Option("--timeout", null, "TIME", "Wait at most this long for each message [default: for ever]", text => (TimeSpan?)DurationText.Parse(text), null);
        var raw = command.Flag("--raw", null, "Write the bodies as they are, and nothing else");
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var bound = session.Parse.GetValue(timeout);
            int most = session.Parse.GetValue(count);
            var writer = new MessageWriter(session.Out, session.Parse.GetValue(raw));
            // An output that is closed is told now, and not with the first message.
            session.Out.Flush();
            var reader = await InboxReader.OpenAsync(session.Node, session.Parse.GetValue(wait) || bound is not null, most == 0 ? null : most, cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                try
                {
                    while (await NextAsync(reader, bound, cancellationToken).ConfigureAwait(false) is { } message)
                        Write(writer, message, reader);
                }
                catch (OperationCanceledException) when (most == 0 && writer.Written > 0)
                {
                    // Ctrl+C is how following ends; what came is the answer.
                }
            }

            return ExitCode.Ok;
        });
    }

    // What could not be written is there for the next reader.
    private static void Write(MessageWriter writer, ReceivedMessage message, InboxReader reader)
    {
        try
        {
            writer.Write(message);
        }
        catch
        {
            reader.Return();
            throw;
        }
    }

    private static async Task<ReceivedMessage?> NextAsync(InboxReader reader, TimeSpan? bound, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (bound is { } time)
            stop.CancelAfter(time);
        try
        {
            return await reader.NextAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PnetException(PnetError.TimedOut, $"no message came within {bound!.Value.TotalSeconds:0.###} s");
        }
    }
}
