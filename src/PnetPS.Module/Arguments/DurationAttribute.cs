using System.Globalization;
using System.Management.Automation;

namespace PnetPS.Arguments;

/// <summary>
/// Reads a duration as people write it: a number is seconds (PowerShell itself would take it for ticks), <c>500ms</c>,
/// <c>2s</c>, <c>1.5m</c>, <c>1h</c>, or a <see cref="TimeSpan"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var duration = value switch
        {
            TimeSpan span => span,
            // 10s without quotes is a 16-bit number to PowerShell.
            sbyte or byte or short or ushort or int or uint or long or ulong or double or float or decimal => Seconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            string text => Parse(text),
            _ => throw new ArgumentTransformationMetadataException(Form(value)),
        };
        return duration > TimeSpan.Zero ? duration : throw new ArgumentTransformationMetadataException($"A duration must be more than nothing, not {value}.");
    }

    private static TimeSpan Parse(string text)
    {
        ReadOnlySpan<(string Suffix, double Seconds)> units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];
        foreach (var (suffix, seconds) in units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return Seconds(number * seconds);
            }
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : throw new ArgumentTransformationMetadataException(Form(text));
    }

    private static TimeSpan Seconds(double seconds) => seconds is > 0 and < 1e9
        ? TimeSpan.FromSeconds(seconds)
        : throw new ArgumentTransformationMetadataException(Form(seconds));

    private static string Form(object? value) => $"'{value}' is no duration: give seconds, or a number and ms, s, m or h as in 500ms.";
}
