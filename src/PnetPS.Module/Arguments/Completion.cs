using System.Management.Automation;
using System.Management.Automation.Language;

namespace PnetPS.Arguments;

/// <summary>What the completers share.</summary>
internal static class Completion
{
    /// <summary>Offers a node by its name, or by its id where it has none or the id is being typed.</summary>
    /// <returns>The offer, or <see langword="null"/> where neither begins with what was typed.</returns>
    public static CompletionResult? Match(string typed, string? name, string id)
    {
        typed = typed.Trim('\'', '"');
        if (name is not null && name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            return Result(name, $"{name} {id}");
        return id.StartsWith(typed, StringComparison.Ordinal) ? Result(id, name is null ? id : $"{name} {id}") : null;
    }

    /// <summary>Offers a text as it is.</summary>
    /// <returns>The offer, or <see langword="null"/> where it doesn't begin with what was typed.</returns>
    public static CompletionResult? Offer(string typed, string text, string tip) =>
        text.StartsWith(typed.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase) ? Result(text, tip.Length == 0 ? text : tip) : null;

    private static CompletionResult Result(string text, string tip)
    {
        var quoted = text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '/' or ':'))
            ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'"
            : text;
        return new CompletionResult(quoted, text, CompletionResultType.ParameterValue, tip);
    }
}
