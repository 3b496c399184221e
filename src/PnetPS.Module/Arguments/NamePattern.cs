using System.Management.Automation;
using Pnet.Addressing;

namespace PnetPS.Arguments;

/// <summary>What a user gives to pick items by: a name with wildcards, or the start of an id.</summary>
/// <param name="text">What was given.</param>
internal sealed class NamePattern(string text)
{
    private readonly WildcardPattern _name = new(text, WildcardOptions.IgnoreCase);

    /// <summary>Whether it picks what has this name.</summary>
    public bool IsMatch(string? name) => _name.IsMatch(name ?? "");

    /// <summary>Whether it picks what has this name, or an id that begins so.</summary>
    public bool IsMatch(string? name, string? id) =>
        IsMatch(name) || (text.Length >= NodeReference.MinPrefixLength && id?.StartsWith(text, StringComparison.Ordinal) == true);
}
