namespace Pnet.Services.Commands;

/// <summary>A parameter of a command.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it takes, for a person: <c>integer</c>, or the name of a type; <see langword="null"/> for anything.</param>
/// <param name="Mandatory">Whether it has to be given.</param>
/// <param name="Help">What it is, or <see langword="null"/>.</param>
public sealed record CommandParameter(string Name, string? Type = null, bool Mandatory = false, string? Help = null)
{
    /// <summary>The name, in brackets where it may be left out.</summary>
    public override string ToString() => Mandatory ? Name : $"[{Name}]";
}
