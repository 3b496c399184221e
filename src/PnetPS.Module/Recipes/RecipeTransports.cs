using Pnet.Addressing;
using Pnet.Transports;

namespace PnetPS.Recipes;

/// <summary>Checks texts that a node will be given, while their ports and paths are still to be chosen.</summary>
internal static class RecipeTransports
{
    /// <summary>Checks what is opened: a command line or a URI.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static void Check(string text)
    {
        if (TransportAddress.Parse(Sample(text)).Kind == TransportAddressKind.Stdio)
            throw new FormatException("'-' is the standard input and output of a program; a node of a lab has none: give a command line or a URI");
    }

    /// <summary>Checks where links are accepted.</summary>
    /// <exception cref="FormatException">It is no endpoint.</exception>
    public static void CheckEndpoint(string text)
    {
        if (TransportAddress.Parse(Sample(text)) is not { Kind: TransportAddressKind.Uri })
            throw new FormatException($"'{text}' is no endpoint: the right form is tcp://HOST:PORT or unix:///PATH, such as unix://{{path:NAME}}");
    }

    /// <summary>Checks who is let in.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? ExplainAllow(string text, IReadOnlyCollection<string> nodes)
    {
        if (text == "*" || nodes.Contains(text) || NodeId.TryParse(text, out _))
            return null;
        return $"{text} is no node of the recipe, no id and not '*': {Nearest.Advice(text, nodes)}";
    }

    private static string Sample(string text) => Placeholders.Replace(text, (kind, _) => kind == "port" ? "1" : kind == "path" ? "/p" : null);
}
