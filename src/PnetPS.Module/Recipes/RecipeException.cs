namespace PnetPS;

/// <summary>A recipe has errors: all of them.</summary>
public sealed class RecipeException : FormatException
{
    /// <summary>Tells of the errors of a recipe.</summary>
    /// <param name="name">The recipe's file, or what else to call it.</param>
    /// <param name="errors">What is wrong with it.</param>
    public RecipeException(string name, IReadOnlyList<R2RecipeError> errors)
        : base(Describe(name, errors)) => Errors = errors;

    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<R2RecipeError> Errors { get; }

    private static string Describe(string name, IReadOnlyList<R2RecipeError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var count = errors.Count == 1 ? "an error" : $"{errors.Count} errors";
        return $"{name} has {count}:{string.Concat(errors.Select(error => $"{Environment.NewLine}  {error}"))}";
    }
}
