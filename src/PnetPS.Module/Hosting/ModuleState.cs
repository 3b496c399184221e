namespace PnetPS.Hosting;

/// <summary>
/// The one thing that outlives a pipeline: cmdlets are made anew for each call and can be handed nothing, so what they
/// share has to be found in one place.
/// </summary>
internal static class ModuleState
{
    /// <summary>The nodes of this copy of the module.</summary>
    public static NodeRegistry Nodes { get; } = new();
}
