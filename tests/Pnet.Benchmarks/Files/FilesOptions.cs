using System.Globalization;

namespace Pnet.Benchmarks.Files;

/// <summary>The command line of <c>files</c>.</summary>
internal sealed record FilesOptions
{
    /// <summary>What the command line is like.</summary>
    public const string Text = "files [--size BYTES] [--count 10000] [--runs 3] [--r2 PATH] [--only scp,rsync,tar,r2] [--directory /dev/shm] [--fsync]";

    /// <summary>The length of the one large file, in bytes.</summary>
    public long Size { get; init; } = 1L << 30;

    /// <summary>The number of small files.</summary>
    public int Count { get; init; } = 10_000;

    /// <summary>The length of each, in bytes.</summary>
    public int SmallSize { get; init; } = 1000;

    /// <summary>How often each contender is measured; they take turns.</summary>
    public int Runs { get; init; } = 3;

    /// <summary>Another build of <c>r2</c> to measure beside this one.</summary>
    public string? R2 { get; init; }

    /// <summary>Where the files are: in memory unless said otherwise, so that programs are compared, and no disk.</summary>
    public string Directory { get; init; } = "/dev/shm";

    /// <summary>Whether those that can have each file on the disk before it gets its name are measured with that as well. It says something with a directory on a disk alone.</summary>
    public bool Flush { get; init; }

    /// <summary>The contenders to measure, by the first word of their names.</summary>
    public IReadOnlyList<string> Only { get; init; } = ["scp", "rsync", "tar", "r2"];

    /// <summary>Reads it.</summary>
    public static FilesOptions Parse(ReadOnlySpan<string> words)
    {
        var options = new FilesOptions();
        if (words is [.. var others, "--fsync"])
        {
            options = options with { Flush = true };
            words = others;
        }

        for (; words is [var name, var value, ..]; words = words[2..])
        {
            options = name switch
            {
                "--size" => options with { Size = long.Parse(value, CultureInfo.InvariantCulture) },
                "--count" => options with { Count = int.Parse(value, CultureInfo.InvariantCulture) },
                "--runs" => options with { Runs = int.Parse(value, CultureInfo.InvariantCulture) },
                "--r2" => options with { R2 = Path.GetFullPath(value) },
                "--directory" => options with { Directory = Path.GetFullPath(value) },
                "--only" => options with { Only = value.Split(',') },
                _ => throw Usage(name),
            };
        }

        return words.IsEmpty ? options : throw Usage(words[0]);
    }

    private static FormatException Usage(string word) => new($"\"{word}\": {Text}");
}
