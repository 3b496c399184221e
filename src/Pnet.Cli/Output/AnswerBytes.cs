namespace Pnet.Cli.Output;

/// <summary>Writes the answer of a single node to standard output, as it is.</summary>
internal sealed class AnswerBytes(SharedOutput output) : IAnswerReader
{
    private const int BufferSize = 60 * 1024;

    /// <inheritdoc/>
    public async Task<Answer> ReadAsync(string node, Stream answer, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        long length = 0;
        while (await answer.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            length += count;
        }

        return new Answer(length);
    }
}
