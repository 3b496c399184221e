using System.Management.Automation;

namespace PnetPS.Commands;

/// <summary>Tells what is wrong with recipes: all of it, and nothing where nothing is.</summary>
[Cmdlet(VerbsDiagnostic.Test, "R2Recipe", DefaultParameterSetName = PathSet)]
[OutputType(typeof(R2RecipeError), typeof(bool))]
public sealed class TestR2RecipeCommand : R2RecipeCmdlet
{
    /// <summary>Says only whether the recipe is sound.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override void ProcessRecipe(string name, R2Recipe? recipe, IReadOnlyList<R2RecipeError> errors)
    {
        if (Quiet)
            WriteObject(errors.Count == 0);
        else
            WriteObject(errors, enumerateCollection: true);
    }
}
