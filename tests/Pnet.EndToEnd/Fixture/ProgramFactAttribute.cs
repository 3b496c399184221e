namespace Pnet.EndToEnd.Fixture;

/// <summary>A test that needs programs which not every machine has.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(params string[] programs)
    {
        if (Array.Find(programs, p => Executables.Find(p) is null) is { } missing)
            Skip = $"needs the program {missing}";
    }
}
