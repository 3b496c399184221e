using System.Management.Automation;
using System.Text;

namespace PnetPS.Calls;

/// <summary>Makes bytes of what a pipeline brings: <c>byte[]</c> and <c>byte</c> as they are, anything else as a UTF-8 line.</summary>
internal static class CallInput
{
    /// <summary>
    /// The bytes of one object of the pipeline; of nothing there are none. An array is what its elements are one after the other:
    /// <c>Get-Content -AsByteStream -ReadCount 65536</c> brings arrays of objects that are bytes.
    /// </summary>
    public static byte[] ToBytes(object? item) => (item is PSObject wrapped ? wrapped.BaseObject : item) switch
    {
        null => [],
        byte[] raw => raw,
        byte single => [single],
        object?[] block when Array.TrueForAll(block, static element => element is byte) => Array.ConvertAll(block, static element => (byte)element!),
        object?[] many => [.. many.SelectMany(ToBytes)],
        _ => Encoding.UTF8.GetBytes($"{LanguagePrimitives.ConvertTo<string>(item)}\n"),
    };

    /// <summary>The objects that a pipeline would make of an argument: bytes stay together.</summary>
    public static IEnumerable<object?> Enumerate(object? argument)
    {
        var bare = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        return bare is not byte[] && LanguagePrimitives.GetEnumerable(argument) is { } many ? many.Cast<object?>() : [argument];
    }
}
