using System.Diagnostics.CodeAnalysis;

namespace Pnet.Addressing;

/// <summary>
/// The rule for the names that nodes give themselves: 1 to 63 of the ASCII letters and digits, <c>.</c>, <c>_</c> and
/// <c>-</c>, a letter or digit first. Letter case counts.
/// </summary>
/// <remarks>
/// A name is a hint and no proof: any node may take any name. Only one that reads as a whole <see cref="NodeId"/>
/// is refused, since it could only be meant to be taken for that node.
/// </remarks>
public static class NodeName
{
    /// <summary>Characters (and bytes) in the longest name.</summary>
    public const int MaxLength = 63;

    internal const string Form =
        "a name is 1 to 63 of the letters a-z and A-Z, the digits, '.', '_' and '-', starting with a letter or digit";

    /// <summary>Whether a text is a name.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name) => name is not null && Explain(name) is null;

    /// <summary>Returns the name if it is one.</summary>
    /// <exception cref="FormatException">It isn't; the message names the bad part and shows the right form.</exception>
    public static string Validate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Explain(name) is { } why ? throw new FormatException($"{Quote.Text(name)} is not a node name: {why}; {Form}") : name;
    }

    /// <summary>Tells why a text is no name, or <see langword="null"/> where it is one.</summary>
    internal static string? Explain(string text) =>
        ExplainForm(text) ?? (NodeId.TryParse(text, out _) ? "it reads as a node id" : null);

    /// <summary>The part of the rule that names of nodes and services share.</summary>
    internal static string? ExplainForm(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return "it is empty";
        if (text.Length > MaxLength)
            return $"it has {text.Length} characters";
        if (!char.IsAsciiLetterOrDigit(text[0]))
            return $"it starts with {Quote.Char(text[0])}";

        for (var i = 1; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('.' or '_' or '-'))
                return $"{Quote.Char(text[i])} at position {i + 1} is not allowed";
        }

        return null;
    }
}
