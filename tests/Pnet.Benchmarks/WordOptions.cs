using System.Globalization;

namespace Pnet.Benchmarks;

/// <summary>The words after a benchmark's name: pairs of <c>--name</c> and value.</summary>
internal sealed class WordOptions
{
    private readonly Dictionary<string, string> _values = [];

    /// <summary>Reads them.</summary>
    /// <param name="words">The words.</param>
    /// <param name="usage">The benchmark's usage, which names all options that there are.</param>
    public WordOptions(ReadOnlySpan<string> words, string usage)
    {
        for (; words is [var name, var value, ..]; words = words[2..])
            _values[usage.Contains($"[{name} ", StringComparison.Ordinal) ? name : throw Wrong(name, usage)] = value;
        if (!words.IsEmpty)
            throw Wrong(words[0], usage);
    }

    /// <summary>A number, at least 1.</summary>
    public int Number(string name, int otherwise) =>
        !_values.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number > 0 ? number
        : throw new FormatException($"\"{text}\": {name} is a number from 1");

    /// <summary>The program <c>r2</c> beside this one, and another one where <c>--r2</c> names it.</summary>
    public IReadOnlyList<string> Builds =>
        [Path.Combine(AppContext.BaseDirectory, "r2"), .. FullPath("--r2") is { } path ? (string[])[path] : []];

    /// <summary>The full path that an option gives, if it is there.</summary>
    public string? FullPath(string name) => _values.TryGetValue(name, out var path) ? Path.GetFullPath(path) : null;

    /// <summary>Whether an option is there.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    private static FormatException Wrong(string word, string usage) => new($"\"{word}\": {usage}");
}
