using System.Diagnostics.CodeAnalysis;

namespace Pnet.Addressing;

/// <summary>The rule for names of services: that of <see cref="NodeName"/>, in characters and length.</summary>
public static class ServiceName
{
    /// <summary>Characters (and bytes) in the longest name.</summary>
    public const int MaxLength = NodeName.MaxLength;

    /// <summary>Whether a text is a service name.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name) => name is not null && NodeName.ExplainForm(name) is null;

    /// <summary>Returns the name if it is one.</summary>
    /// <exception cref="FormatException">It isn't; the message names the bad part and shows the right form.</exception>
    public static string Validate(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return NodeName.ExplainForm(name) is { } why
            ? throw new FormatException($"{Quote.Text(name)} is not a service name: {why}; {NodeName.Form}")
            : name;
    }
}
