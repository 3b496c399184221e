using System.Buffers;

namespace Pnet.Cli.Output;

/// <summary>Keeps each answer, for a document that has all of it.</summary>
internal sealed class AnswerTexts : IAnswerReader
{
    /// <summary>The longest answer that is kept, in bytes: 4 MiB.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <inheritdoc/>
    public async Task<Answer> ReadAsync(string node, Stream answer, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        while (await answer.ReadAsync(body.GetMemory(), cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            body.Advance(count);
            if (body.WrittenCount > MaxLength)
                throw new PnetException(PnetError.LimitReached, $"the answer has more than {Human.Size(MaxLength)}, too much for one document", "Write it to a file: --output-directory.");
        }

        return new Answer(body.WrittenCount, body.WrittenSpan.ToArray());
    }
}
