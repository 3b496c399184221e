namespace Pnet.Transports;

/// <summary>How a descriptor can be read or written without ever holding up a thread.</summary>
internal enum DescriptorKind
{
    /// <summary>A socket: each call says that it must not wait, so the flags that other processes share stay as they are.</summary>
    Socket,

    /// <summary>A pipe that was opened once more, without waiting: that flag is not shared with whoever has the first one.</summary>
    NonBlocking,

    /// <summary>A terminal, or a pipe that may not be opened once more: it is asked before it is read or written.</summary>
    Pollable,

    /// <summary>A regular file or the like of <c>/dev/null</c>: always ready.</summary>
    AlwaysReady,
}
