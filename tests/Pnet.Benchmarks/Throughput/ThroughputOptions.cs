using System.Globalization;

namespace Pnet.Benchmarks.Throughput;

/// <summary>The command line of <c>throughput</c>.</summary>
internal sealed record ThroughputOptions
{
    /// <summary>What the command line is like.</summary>
    public const string Text = "throughput [--size 2G] [--runs 3] [--hops 1|2] [--r2 PATH]... [--only pnet,socat,ssh]";

    /// <summary>Bytes sent through each tunnel.</summary>
    public long Size { get; init; } = 2_000_000_000;

    /// <summary>How often each contender is measured; they take turns.</summary>
    public int Runs { get; init; } = 3;

    /// <summary>The numbers of links between the first node and the last.</summary>
    public IReadOnlyList<int> Hops { get; init; } = [1, 2];

    /// <summary>Other builds of <c>r2</c> to measure beside this one, each named after the directory that it is in.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>The contenders to measure: <c>pnet</c>, <c>socat</c>, <c>ssh</c>.</summary>
    public IReadOnlyList<string> Only { get; init; } = ["socat", "ssh", "pnet"];

    /// <summary>Reads it.</summary>
    public static ThroughputOptions Parse(ReadOnlySpan<string> words)
    {
        var options = new ThroughputOptions();
        for (; words is [var name, var value, ..]; words = words[2..])
        {
            options = name switch
            {
                "--size" => options with { Size = ParseSize(value) },
                "--runs" => options with { Runs = int.Parse(value, CultureInfo.InvariantCulture) },
                "--hops" => options with { Hops = [int.Parse(value, CultureInfo.InvariantCulture)] },
                "--r2" => options with { Others = [.. options.Others, Path.GetFullPath(value)] },
                "--only" => options with { Only = value.Split(',') },
                _ => throw Usage(name),
            };
        }

        return words.IsEmpty ? options : throw Usage(words[0]);
    }

    private static FormatException Usage(string word) =>
        new($"\"{word}\": {Text}");

    private static long ParseSize(string text)
    {
        long unit = text[^1] switch { 'G' => 1_000_000_000, 'M' => 1_000_000, _ => 1 };
        return unit * long.Parse(unit == 1 ? text : text[..^1], CultureInfo.InvariantCulture);
    }
}
