using System.Management.Automation.Runspaces;
using PnetPS.Labs;

namespace PnetPS.Hosting;

/// <summary>
/// The one thing that outlives a pipeline: cmdlets are made anew for each call and can be handed nothing, so what they
/// share has to be found in one place.
/// </summary>
internal static class ModuleState
{
    /// <summary>The nodes of this copy of the module.</summary>
    public static NodeRegistry Nodes { get; } = new();

    /// <summary>The labs of this copy of the module.</summary>
    public static LabRegistry Labs { get; } = new();

    /// <summary>Ends what was started from a session, or from one that has ended since; with <see langword="null"/>, everything.</summary>
    public static async Task CloseSessionAsync(Runspace? session)
    {
        await Labs.CloseSessionAsync(session).ConfigureAwait(false);
        await Nodes.CloseSessionAsync(session).ConfigureAwait(false);
    }
}
