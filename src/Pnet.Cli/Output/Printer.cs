using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pnet.Cli.Output;

/// <summary>Where answers go: standard output, as text for people or as JSON for programs.</summary>
internal sealed class Printer : IDisposable
{
    /// <summary>The kernel's number for a reader that has gone.</summary>
    private const int EPIPE = 32;

    private readonly StreamWriter _writer;
    private readonly bool _colour;

    /// <summary>Opens standard output.</summary>
    /// <param name="json">Whether answers are JSON.</param>
    public Printer(bool json)
    {
        Json = json;
        _colour = !json && Terminal.HasColour;
        _writer = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
    }

    /// <summary>Whether answers are JSON: one document on a line of its own.</summary>
    public bool Json { get; }

    /// <summary>The columns that a table may take.</summary>
    public int Width { get; } = Terminal.Width;

    /// <summary>Writes a line.</summary>
    /// <exception cref="IOException">Standard output is closed.</exception>
    public void Line(string text)
    {
        OutputPipe.CheckOpen();
        Guard(() => _writer.WriteLine(text));
    }

    /// <summary>Writes an object as a JSON document on one line.</summary>
    public void Document<T>(T value, JsonTypeInfo<T> type) => Line(JsonSerializer.Serialize(value, type));

    /// <summary>Writes bytes as they are, after what was written before.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Flush();
        try
        {
            _writer.BaseStream.Write(bytes);
        }
        catch (IOException exception)
        {
            throw Explain(exception);
        }
    }

    /// <summary>Hands on what was written so far, so that whoever follows a stream sees it now.</summary>
    /// <exception cref="IOException">Standard output is closed.</exception>
    public void Flush()
    {
        OutputPipe.CheckOpen();
        CheckReader();
        Guard(_writer.Flush);
    }

    /// <summary>Sets a text off where the terminal can.</summary>
    public string Paint(string text, Colour colour) =>
        _colour && colour != Colour.None && text.Length > 0
            ? string.Create(CultureInfo.InvariantCulture, $"\e[{(int)colour}m{text}\e[0m")
            : text;

    /// <summary>Writes names and values, aligned.</summary>
    public void Fields(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        int width = 0;
        foreach (var (name, _) in fields)
            width = Math.Max(width, name.Length);
        foreach (var (name, value) in fields)
        {
            if (!string.IsNullOrEmpty(value))
                Line($"{Paint(name, Colour.Bold)}{new string(' ', width - name.Length + 2)}{Terminal.Clean(value)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Guard(_writer.Dispose);

    // Before it is written and not after: a reader may go once it has all.
    private static void CheckReader()
    {
        if (OutputPipe.IsBroken())
            throw new OutputClosedException();
    }

    private static void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException exception)
        {
            throw Explain(exception);
        }
    }

    // A disk that is full is worth a word; a reader that has what it wanted isn't.
    private static Exception Explain(IOException exception) => exception.HResult == EPIPE || OperatingSystem.IsWindows()
        ? new OutputClosedException(exception)
        : new IOException($"standard output: {exception.Message}", exception);
}
