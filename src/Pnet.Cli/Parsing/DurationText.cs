using System.Globalization;

namespace Pnet.Cli.Parsing;

/// <summary>Durations as people type them: <c>2</c> or <c>2s</c>, <c>0.5</c>, <c>200ms</c>, <c>5m</c>, <c>1h</c>.</summary>
internal static class DurationText
{
    private static readonly TimeSpan Max = TimeSpan.FromDays(7);

    /// <summary>Reads a duration of more than nothing, up to a week.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static TimeSpan Parse(string text)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        (double unit, int suffix) = number switch
        {
            [.., 'm', 's'] => (0.001, 2),
            [.., 's'] => (1, 1),
            [.., 'm'] => (60, 1),
            [.., 'h'] => (3600, 1),
            _ => (1.0, 0),
        };
        number = number[..^suffix];
        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        return double.TryParse(number, Style, CultureInfo.InvariantCulture, out double value) && value * unit > 0 && value * unit <= Max.TotalSeconds
            ? TimeSpan.FromSeconds(value * unit)
            : throw new FormatException($"'{text}' is no duration; give seconds or a unit, as in 2, 0.5, 200ms, 5m");
    }
}
