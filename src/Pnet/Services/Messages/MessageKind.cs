namespace Pnet.Services.Messages;

/// <summary>What a message's body is.</summary>
public enum MessageKind : byte
{
    /// <summary>Bytes.</summary>
    Bytes = 1,

    /// <summary>Text in UTF-8.</summary>
    Text = 2,

    /// <summary>A PowerShell object as CLIXML in UTF-8; only nodes that allow it take it.</summary>
    Clixml = 3,
}
