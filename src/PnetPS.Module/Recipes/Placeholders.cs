using System.Text.RegularExpressions;

namespace PnetPS.Recipes;

/// <summary>The parts of a recipe's texts that stand for something: <c>{var:NAME}</c>, <c>{port:NAME}</c>, <c>{path:NAME}</c>.</summary>
internal static partial class Placeholders
{
    private static readonly string[] Kinds = ["var", "port", "path"];

    /// <summary>The names of one kind in a text.</summary>
    public static IEnumerable<string> Names(string text, string kind) =>
        Pattern().Matches(text).Where(match => match.Groups["kind"].Value == kind).Select(match => match.Groups["name"].Value);

    /// <summary>Puts values in the place of those of some kinds; what a value is unknown of stays.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The value for a kind and a name, or <see langword="null"/>.</param>
    public static string Replace(string text, Func<string, string, string?> value) =>
        Pattern().Replace(text, match => value(match.Groups["kind"].Value, match.Groups["name"].Value) ?? match.Value);

    /// <summary>Tells what is wrong with those of a text. Braces that hold nothing of this form are left alone.</summary>
    public static IEnumerable<string> Explain(string text)
    {
        foreach (Match match in Pattern().Matches(text))
        {
            var (kind, name) = (match.Groups["kind"].Value, match.Groups["name"].Value);
            if (!Kinds.Contains(kind))
            {
                // Programs have braces of their own: only what is nearly one of these is taken for a mistake.
                if (Nearest.Find(kind, Kinds) is { } meant)
                    yield return $"{match.Value} stands for nothing: did you mean {{{meant}:{name}}}?";
            }
            else if (!IsName(name))
            {
                yield return $"{match.Value} has no good name: it is letters, digits, '.', '_' and '-', and begins with a letter or a digit";
            }
        }
    }

    /// <summary>Whether a text can name a variable, a port or a path: a path must stay in the lab's folder.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    [GeneratedRegex(@"\{(?<kind>[A-Za-z]{2,8}):(?<name>[^{}:\s]*)\}")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex Name();
}
