using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pnet.Frames;
using Pnet.Transports;

namespace Pnet.Services;

/// <summary>Lines of JSON over a transport.</summary>
/// <param name="transport">The transport; it stays its owner's.</param>
internal sealed class JsonLines(ITransport transport)
{
    /// <summary>The longest line in bytes.</summary>
    public const int MaxLine = 1024 * 1024;

    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>Whether more has come than the lines that were read.</summary>
    public bool HasMore => _start < _end;

    /// <summary>Reads the next line, or <see langword="null"/> at the end.</summary>
    /// <exception cref="PnetException">It is too long, or no such JSON.</exception>
    public async ValueTask<T?> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                return Parse(line, type);
            }
            MakeRoom();
            var read = await transport.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return _start == _end ? null : throw Violation.Of("control: the end within a line");
            _end += read;
        }
    }

    /// <summary>Writes one line.</summary>
    public ValueTask WriteAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return transport.WriteAsync(json, cancellationToken);
    }

    private static T Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw Violation.Of("control: null");
        }
        catch (JsonException e)
        {
            throw Violation.Of($"control: {e.Message}");
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end < _buffer.Length)
            return;
        if (_buffer.Length >= MaxLine)
            throw Violation.Of($"control: a line of more than {MaxLine} bytes");
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
