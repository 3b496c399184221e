using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PnetPS;

/// <summary>
/// A duration that is written as people write one, so that <c>Where-Object RoundTrip -lt 5ms</c> compares with what it says:
/// <c>500ms</c>, <c>2s</c>, <c>1.5m</c>, <c>1h</c>, a number of seconds, or a <see cref="TimeSpan"/>.
/// </summary>
/// <remarks>
/// A round trip that was not measured is <see cref="Never"/>, longer than any other. (Nothing at all would be
/// less than everything: PowerShell sorts <c>$null</c> first, and a lost message would pass for a fast one.)
/// </remarks>
public readonly struct R2Duration : IComparable, IComparable<R2Duration>, IEquatable<R2Duration>, IFormattable
{
    private const string NeverText = "never";

    private readonly TimeSpan _value;

    /// <summary>Takes a length of time.</summary>
    /// <param name="value">The length; <see cref="TimeSpan.MaxValue"/> is <see cref="Never"/>.</param>
    public R2Duration(TimeSpan value) => _value = value;

    /// <summary>Takes a number of seconds.</summary>
    /// <param name="seconds">The seconds, less than a billion either way.</param>
    /// <exception cref="FormatException">It is more, or no number.</exception>
    public R2Duration(double seconds) => _value = FromSeconds(seconds);

    /// <summary>What was not measured: longer than any other.</summary>
    public static R2Duration Never { get; } = new(TimeSpan.MaxValue);

    /// <summary>Milliseconds, or <see langword="null"/> for <see cref="Never"/>.</summary>
    public double? TotalMilliseconds => IsNever ? null : _value.TotalMilliseconds;

    /// <summary>Seconds, or <see langword="null"/> for <see cref="Never"/>.</summary>
    public double? TotalSeconds => IsNever ? null : _value.TotalSeconds;

    private bool IsNever => _value == TimeSpan.MaxValue;

    /// <summary>Reads a duration.</summary>
    /// <param name="text">A number and <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>; a number alone is seconds; or what <see cref="TimeSpan"/> reads, or <c>never</c>.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static R2Duration Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<(string Suffix, double Seconds)> units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];
        foreach (var (suffix, seconds) in units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return new R2Duration(number * seconds);
            }
        }

        if (text.Equals(NeverText, StringComparison.OrdinalIgnoreCase))
            return Never;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? new R2Duration(span) : throw NoDuration(text);
    }

    /// <summary>A length of time as a duration.</summary>
    /// <param name="value">The length.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor does the same.")]
    public static implicit operator R2Duration(TimeSpan value) => new(value);

    /// <summary>A duration as a length of time.</summary>
    /// <param name="value">The duration; <see cref="Never"/> is <see cref="TimeSpan.MaxValue"/>.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "ToTimeSpan does the same.")]
    public static implicit operator TimeSpan(R2Duration value) => value._value;

    /// <summary>Whether two are the same.</summary>
    public static bool operator ==(R2Duration left, R2Duration right) => left.Equals(right);

    /// <summary>Whether two are not the same.</summary>
    public static bool operator !=(R2Duration left, R2Duration right) => !left.Equals(right);

    /// <summary>Whether one is shorter than another.</summary>
    public static bool operator <(R2Duration left, R2Duration right) => left._value < right._value;

    /// <summary>Whether one is longer than another.</summary>
    public static bool operator >(R2Duration left, R2Duration right) => left._value > right._value;

    /// <summary>Whether one is not longer than another.</summary>
    public static bool operator <=(R2Duration left, R2Duration right) => left._value <= right._value;

    /// <summary>Whether one is not shorter than another.</summary>
    public static bool operator >=(R2Duration left, R2Duration right) => left._value >= right._value;

    /// <summary>The length of time; <see cref="Never"/> is <see cref="TimeSpan.MaxValue"/>.</summary>
    public TimeSpan ToTimeSpan() => _value;

    /// <inheritdoc/>
    public int CompareTo(R2Duration other) => _value.CompareTo(other._value);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        R2Duration other => CompareTo(other),
        TimeSpan other => _value.CompareTo(other),
        _ => throw new ArgumentException($"a duration can't be compared with a {obj.GetType().Name}", nameof(obj)),
    };

    /// <inheritdoc/>
    public bool Equals(R2Duration other) => _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is R2Duration other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>As <c>0.35ms</c>, <c>2.5s</c> or <c>never</c>: what <see cref="Parse"/> reads.</summary>
    public override string ToString() => ToString(null, null);

    /// <inheritdoc cref="ToString()"/>
    /// <param name="format">The format of the number; two places at most unless said otherwise.</param>
    /// <param name="formatProvider">Not used: the text is the same everywhere.</param>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        if (IsNever)
            return NeverText;
        return _value.Duration() < TimeSpan.FromSeconds(1)
            ? $"{_value.TotalMilliseconds.ToString(format ?? "0.##", CultureInfo.InvariantCulture)}ms"
            : $"{_value.TotalSeconds.ToString(format ?? "0.##", CultureInfo.InvariantCulture)}s";
    }

    private static TimeSpan FromSeconds(double seconds) => Math.Abs(seconds) < 1e9
        ? TimeSpan.FromSeconds(seconds)
        : throw NoDuration(seconds.ToString(CultureInfo.InvariantCulture));

    private static FormatException NoDuration(string text) =>
        new($"'{text}' is no duration: give seconds, or a number and ms, s, m or h as in 500ms.");
}
