using Pnet.Addressing;
using Pnet.Control;

namespace Pnet.Cli.Parsing;

/// <summary>Several nodes as one word: <c>bob,carol/dave</c>, or <c>*</c>.</summary>
internal static class TargetList
{
    /// <summary>Reads it; addresses are checked before anybody is bothered.</summary>
    /// <exception cref="FormatException">One is no address.</exception>
    public static string[] Read(string text)
    {
        string[] targets = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (string target in targets)
            _ = target == MessageTarget.All ? AddressPath.Self : AddressPath.Parse(target);
        return targets;
    }
}
