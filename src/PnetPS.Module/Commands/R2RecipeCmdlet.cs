using System.Collections;
using System.Management.Automation;
using PnetPS.Recipes;

namespace PnetPS.Commands;

/// <summary>What the cmdlets share that read recipes.</summary>
public abstract class R2RecipeCmdlet : R2Cmdlet
{
    private protected const string PathSet = "Path";
    private protected const string TableSet = "Table";

    /// <summary>Recipe files, <c>*.r2.psd1</c>; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>A recipe that is a hashtable of this session.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TableSet, ValueFromPipeline = true)]
    [ValidateNotNull]
    public IDictionary? Recipe { get; set; }

    /// <summary>Values that take the place of those of the recipe's variables, by name.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        if (Recipe is not null)
        {
            var (recipe, errors) = RecipeSource.ReadTable(Recipe, RecipeSource.Variables(Variable));
            ProcessRecipe("the recipe", recipe, errors);
            return;
        }

        foreach (var path in Path)
            Try(() => ProcessPath(path), path);
    }

    /// <summary>The work for one recipe.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="recipe">The recipe, or <see langword="null"/> where it has errors.</param>
    /// <param name="errors">Its errors.</param>
    private protected abstract void ProcessRecipe(string name, R2Recipe? recipe, IReadOnlyList<R2RecipeError> errors);

    private void ProcessPath(string path)
    {
        var files = WildcardPattern.ContainsWildcardCharacters(path) ? GetResolvedProviderPathFromPSPath(path, out _) : [FullPath(path)];
        foreach (var file in files)
        {
            var (recipe, errors) = RecipeSource.ReadFile(file, RecipeSource.Variables(Variable));
            ProcessRecipe(file, recipe, errors);
        }
    }
}
