namespace Pnet.Services.Files;

/// <summary>What a client asks of a file service.</summary>
internal enum FileOperation : byte
{
    /// <summary>The client sends files.</summary>
    Send = 1,

    /// <summary>The client receives files.</summary>
    Receive = 2,

    /// <summary>The client wants to know what is there.</summary>
    List = 3,
}
