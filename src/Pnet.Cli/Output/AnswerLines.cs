namespace Pnet.Cli.Output;

/// <summary>Writes the answers of several nodes to standard output line by line, each behind the name of its node.</summary>
internal sealed class AnswerLines(SharedOutput output) : IAnswerReader
{
    private const int BufferSize = 32 * 1024;

    // A terminal is not to obey what comes from other machines; a file or a program gets it unchanged.
    private readonly bool _clean = !Console.IsOutputRedirected;

    /// <inheritdoc/>
    public async Task<Answer> ReadAsync(string node, Stream answer, CancellationToken cancellationToken)
    {
        var lines = new PrefixedLines($"{Terminal.Clean(node)}: ", _clean);
        var buffer = new byte[BufferSize];
        long length = 0;
        while (await answer.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            length += count;
            lines.Add(buffer.AsSpan(0, count));
            await WriteAsync().ConfigureAwait(false);
        }

        lines.Finish();
        await WriteAsync().ConfigureAwait(false);
        return new Answer(length);

        async Task WriteAsync()
        {
            await output.WriteAsync(lines.Ready, cancellationToken).ConfigureAwait(false);
            lines.Clear();
        }
    }
}
