namespace Pnet.Services.Files;

/// <summary>What two ends of a copy say (docs/protocol.md, "Files").</summary>
internal enum FileMessage : byte
{
    /// <summary>Client: what is to be copied, and how.</summary>
    Open = 1,

    /// <summary>Sender: a file or directory that could be had.</summary>
    Entry = 2,

    /// <summary>Sender: the data of a file that was wanted follow, from an offset on.</summary>
    Begin = 3,

    /// <summary>Sender: bytes of the file that was begun.</summary>
    Data = 4,

    /// <summary>Sender: all bytes of the file that was begun were sent.</summary>
    Finish = 5,

    /// <summary>Sender: a file won't come, or not all of it.</summary>
    Abandon = 6,

    /// <summary>Sender: something that isn't sent at all.</summary>
    Problem = 7,

    /// <summary>Sender: whether the content that the receiver has is that of the file.</summary>
    Compared = 8,

    /// <summary>Receiver: send a file, from the end of what is there on if that has the hash given.</summary>
    Want = 9,

    /// <summary>Receiver: has the file this hash?</summary>
    Compare = 10,

    /// <summary>Receiver: what became of a file or directory.</summary>
    Settled = 11,

    /// <summary>Service: a file or directory, where a list was asked for.</summary>
    Listed = 12,
}
