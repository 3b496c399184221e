using Pnet.Addressing;

namespace Pnet.Cli.Parsing;

/// <summary>Addresses of nodes, where a service would be silently passed over.</summary>
internal static class NodePath
{
    /// <summary>Reads the way to a node.</summary>
    /// <exception cref="FormatException">It is no address, or that of a service.</exception>
    public static AddressPath Read(string text) => AddressPath.Parse(text) is { Service: null } path
        ? path
        : throw new FormatException($"'{text}' is a service; name the node alone, as in bob/carol");
}
