namespace Pnet.Frames;

/// <summary>Why a channel was reset or a link closed, as one byte on the wire.</summary>
public enum ReasonCode : byte
{
    /// <summary>No reason beyond the text.</summary>
    Failed = 0,

    /// <summary>It was closed on purpose.</summary>
    Closed = 1,

    /// <summary>The other node may not have this.</summary>
    Refused = 2,

    /// <summary>No route or no answer.</summary>
    Unreachable = 3,

    /// <summary>No service has that name.</summary>
    NotFound = 4,

    /// <summary>A limit is reached.</summary>
    LimitReached = 5,

    /// <summary>The protocol was broken.</summary>
    Protocol = 6,

    /// <summary>Nothing came in time.</summary>
    TimedOut = 7,

    /// <summary>The peer's key isn't the one asked for.</summary>
    IdentityMismatch = 8,
}
