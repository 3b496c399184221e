using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Pnet.Services.Streams;

namespace Pnet.Cli.Output;

/// <summary>Tells how the services of nodes ended, each when it has; failures go to standard error, or with all else into documents.</summary>
internal sealed class AnswerReport(SharedOutput output, bool json, bool several)
{
    /// <summary>The exit code so far: that of the first failure.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Tells of one.</summary>
    /// <exception cref="PnetException">It failed, and it is the only one.</exception>
    public async Task AddAsync(string node, StreamResult<Answer> result, CancellationToken cancellationToken)
    {
        // With one node it is the command's own failure, and the exit code the service's, as with a tunnel.
        if (!several && !json && result.Failure is { } own)
            throw own;
        var failure = FailureOf(result);
        if (json)
            await output.WriteAsync(Lay(View(node, result, failure)), cancellationToken).ConfigureAwait(false);
        else if (several && failure is not null)
            (failure with { Message = $"{node}: {failure.Message}" }).Write(Console.Error);
        ExitCode = ExitCode == 0 ? failure?.ExitCode ?? 0 : ExitCode;
    }

    private Failure? FailureOf(StreamResult<Answer> result) => result switch
    {
        // A node that nobody knows is as far away as one that doesn't answer.
        { Failure: { Error: PnetError.NotFound } e } => new Failure(Cli.ExitCode.Unreachable, e.Message, e.Action),
        { Failure: { } e } => new Failure(Cli.ExitCode.Of(e.Error), e.Message, e.Action),
        { Status: { } status and not 0 } => new Failure(several ? Cli.ExitCode.Failed : status, $"{result.Target.Service} ended with exit status {status}"),
        _ => null,
    };

    private static AnswerView View(string node, StreamResult<Answer> result, Failure? failure)
    {
        var body = result.Output?.Body;
        bool text = body is not null && Utf8.IsValid(body);
        return new AnswerView(
            node,
            text ? Encoding.UTF8.GetString(body!) : null,
            body is null || text ? null : Convert.ToBase64String(body),
            result.Output?.File,
            result.Output?.Length,
            result.Status,
            failure?.Message);
    }

    private static byte[] Lay(AnswerView view) => [.. JsonSerializer.SerializeToUtf8Bytes(view, JsonText.Of<AnswerView>()), (byte)'\n'];
}
