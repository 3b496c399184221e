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
        var duration = Read(value);
        return duration > TimeSpan.Zero ? duration : throw new ArgumentTransformationMetadataException($"'{value}' is no duration to wait: give more than nothing, as in 500ms.");
    }

    private static TimeSpan Read(object? value)
    {
        try
        {
            return value switch
            {
                TimeSpan span => span,
                R2Duration duration => duration,
                // 10s without quotes is a 16-bit number to PowerShell.
                sbyte or byte or short or ushort or int or uint or long or ulong or double or float or decimal =>
                    new R2Duration(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
                _ => R2Duration.Parse(value?.ToString() ?? ""),
            };
        }
        catch (FormatException exception)
        {
            throw new ArgumentTransformationMetadataException(exception.Message, exception);
        }
    }
}
