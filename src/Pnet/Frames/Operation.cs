namespace Pnet.Frames;

/// <summary>What a frame asks for: the first byte of every frame (docs/protocol.md, "Frames").</summary>
public enum Operation : byte
{
    /// <summary>From here on the frame's number stands for the address in the payload, and a channel to it is open.</summary>
    Bind = 1,

    /// <summary>Bytes for the address that the number stands for; sent by the end that bound a destination.</summary>
    RouteTo = 2,

    /// <summary>Bytes from the address that the number stands for; sent by the end that has the address behind it.</summary>
    RoutedFrom = 3,

    /// <summary>The receiver may be sent this many bytes more. The first one also says that the channel was accepted.</summary>
    Credit = 4,

    /// <summary>This direction has ended, with an exit status where the payload holds one.</summary>
    End = 5,

    /// <summary>Both directions are cut, for the reason in the payload.</summary>
    Reset = 6,

    /// <summary>No route leads to the address that was bound.</summary>
    Unreachable = 7,

    /// <summary>Asks whether the other end lives, or answers; number 0.</summary>
    KeepAlive = 8,

    /// <summary>The link is closed, for the reason in the payload; number 0.</summary>
    Goodbye = 9,

    /// <summary>The sender's records after this one are in the clear; number 0, and only on a manager's link.</summary>
    Clear = 10,
}
