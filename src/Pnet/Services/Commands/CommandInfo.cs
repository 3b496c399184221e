using Pnet.Addressing;

namespace Pnet.Services.Commands;

/// <summary>What a command is called and how it is used.</summary>
public sealed record CommandInfo
{
    /// <summary>What the names of commands' services begin with.</summary>
    public const string ServicePrefix = "cmd.";

    /// <summary>Its name: 1 to 59 letters, digits, <c>.</c>, <c>_</c>, <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, or <see langword="null"/>.</summary>
    public string? Help { get; init; }

    /// <summary>Its parameters, in the order in which arguments stand for them; <see langword="null"/> where that isn't known.</summary>
    public IReadOnlyList<CommandParameter>? Parameters { get; init; }

    /// <summary>The service that a command of a name is.</summary>
    /// <exception cref="FormatException">It is no name.</exception>
    public static string ServiceOf(string name) => ServiceName.IsValid(ServicePrefix + name)
        ? ServicePrefix + name
        : throw new FormatException($"\"{name}\" is not the name of a command; one has 1 to {ServiceName.MaxLength - ServicePrefix.Length} letters, digits, '.', '_' and '-'");

    /// <summary>The name and the parameters, as in <c>add a b</c>.</summary>
    public override string ToString() => Parameters is null ? $"{Name} …" : string.Join(' ', [Name, .. Parameters]);
}
