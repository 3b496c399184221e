namespace PnetPS.Recipes;

/// <summary>A value of a recipe as it was written, with the keys that lead to it.</summary>
/// <param name="Path">As in <c>Nodes.alice.Listen</c>; empty for the whole recipe.</param>
/// <param name="Line">The line of the file, from 1, where there is one.</param>
internal abstract record RecipeElement(string Path, int? Line)
{
    /// <summary>What it is, for errors.</summary>
    public abstract string Kind { get; }
}

/// <summary>Text, a number, or true or false.</summary>
internal sealed record RecipeScalar(string Path, int? Line, object Value) : RecipeElement(Path, Line)
{
    public override string Kind => Value switch
    {
        string => "text",
        bool => "true or false",
        _ => "a number",
    };
}

/// <summary>A script block: nothing here knows more of it than its text.</summary>
internal sealed record RecipeBlock(string Path, int? Line, object Block) : RecipeElement(Path, Line)
{
    public override string Kind => "a script block";
}

/// <summary><c>@( … )</c></summary>
internal sealed record RecipeList(string Path, int? Line, IReadOnlyList<RecipeElement> Items) : RecipeElement(Path, Line)
{
    public override string Kind => "a list";
}

/// <summary><c>@{ … }</c>; letter case doesn't count in keys.</summary>
internal sealed record RecipeMap(string Path, int? Line, IReadOnlyList<KeyValuePair<string, RecipeElement>> Entries) : RecipeElement(Path, Line)
{
    public override string Kind => "a table";

    public RecipeElement? this[string key] =>
        Entries.FirstOrDefault(entry => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>What can't be taken as data; whoever read it has told why.</summary>
internal sealed record RecipeUnreadable(string Path, int? Line) : RecipeElement(Path, Line)
{
    public override string Kind => "nothing that can be read";
}
