using System.Globalization;

namespace Pnet.Cli.Parsing;

/// <summary>Whole numbers between two limits.</summary>
internal static class NumberText
{
    /// <summary>Makes a reader of numbers.</summary>
    /// <param name="min">The smallest that is taken.</param>
    /// <param name="max">The largest that is taken.</param>
    public static Func<string, int> Between(int min, int max) => text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is no number from {min} to {max}"));
}
