namespace Pnet;

/// <summary>What kind of failure a <see cref="PnetException"/> tells of; managers map it to exit codes and error categories.</summary>
public enum PnetError
{
    /// <summary>Something went wrong that none of the others names.</summary>
    Failed,

    /// <summary>The caller's input has the wrong form or names something ambiguous.</summary>
    Usage,

    /// <summary>No link or route leads to the node, or nothing answers there.</summary>
    Unreachable,

    /// <summary>The other node refuses: access, a limit, a service that isn't there.</summary>
    Refused,

    /// <summary>Nothing came within the time allowed.</summary>
    TimedOut,

    /// <summary>The other end proved another key than the one asked for.</summary>
    IdentityMismatch,

    /// <summary>The network key is missing at one end, or the keys differ.</summary>
    NetworkKeyMismatch,

    /// <summary>The peer broke the protocol.</summary>
    Protocol,

    /// <summary>Something is there already: a socket in use, a service of that name.</summary>
    AlreadyExists,

    /// <summary>Something asked for by name isn't there.</summary>
    NotFound,

    /// <summary>A file, socket or right that this user lacks.</summary>
    PermissionDenied,

    /// <summary>A limit of this node is reached.</summary>
    LimitReached,

    /// <summary>The node or link was closed while this was under way.</summary>
    Closed,
}
