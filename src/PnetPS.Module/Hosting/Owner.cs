using System.Management.Automation.Runspaces;

namespace PnetPS.Hosting;

/// <summary>The session that something was started from; it is held loosely, so that it can end.</summary>
internal sealed class Owner(Runspace? session)
{
    private readonly WeakReference<Runspace>? _session = session is null ? null : new WeakReference<Runspace>(session);

    /// <summary>Whether it is that session, or one that has ended; everything is anybody's where <see langword="null"/> is given.</summary>
    public bool Is(Runspace? session) =>
        session is null
        || _session is null
        || !_session.TryGetTarget(out var mine)
        || mine == session
        || mine.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Closing or RunspaceState.Broken;
}
