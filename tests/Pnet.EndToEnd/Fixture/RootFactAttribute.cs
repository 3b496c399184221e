namespace Pnet.EndToEnd.Fixture;

/// <summary>A test that needs network namespaces or other users, and so root on a machine that lets it have them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    /// <summary>An id that no account of the tests' own has: nobody's.</summary>
    public const string OtherUser = "65534";

    public RootFactAttribute(params string[] programs)
    {
        if (!Environment.IsPrivilegedProcess)
            Skip = "needs root";
        else if (Array.Find(programs, p => Executables.Find(p) is null) is { } missing)
            Skip = $"needs the program {missing}";
    }
}
