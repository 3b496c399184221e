using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Services;

/// <summary>Lines of JSON over a transport.</summary>
/// <param name="transport">The transport; it stays its owner's.</param>
/// <param name="protocol">What is spoken on it, for failures: <c>control</c>.</param>
/// <param name="maxLine">Bytes in the longest line that is read.</param>
internal sealed class JsonLines(ITransport transport, string protocol, int maxLine = JsonLines.MaxLine)
{
    /// <summary>Bytes in the longest line: 1 MiB.</summary>
    public const int MaxLine = 1024 * 1024;

    private readonly LineReader _lines = new(transport, protocol, maxLine);

    /// <summary>Whether more has come than the lines that were read.</summary>
    public bool HasMore => _lines.HasMore;

    /// <summary>Reads the next line, or <see langword="null"/> at the end.</summary>
    /// <exception cref="PnetException">It is too long, has no end, or is no such JSON.</exception>
    public async ValueTask<T?> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (await _lines.ReadAsync(cancellationToken).ConfigureAwait(false) is not { } line)
            return null;
        return _lines.IsUnterminated ? throw Violation.Of($"{protocol}: the end within a line") : Parse(line.Span, type);
    }

    /// <summary>Writes one line.</summary>
    public ValueTask WriteAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return transport.WriteAsync(json, cancellationToken);
    }

    private T Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw Violation.Of($"{protocol}: null");
        }
        catch (JsonException e)
        {
            throw Violation.Of($"{protocol}: {e.Message}");
        }
    }
}
