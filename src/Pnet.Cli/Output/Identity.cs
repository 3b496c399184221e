using Pnet.Addressing;

namespace Pnet.Cli.Output;

/// <summary>Who a node is, in running text.</summary>
internal static class Identity
{
    /// <summary><c>bob (6Xb2RtEf…)</c> with the whole id, or the id alone where there is no name.</summary>
    public static string Of(string? name, NodeId? id) => (name, id) switch
    {
        (null, null) => "a node not known yet",
        (null, { } key) => key.ToString(),
        (_, null) => name,
        (_, { } key) => $"{name} ({key})",
    };
}
