namespace Pnet.Frames;

/// <summary>Makes the failures that end a link whose peer broke the protocol.</summary>
internal static class Violation
{
    /// <summary>A breach of docs/protocol.md, told as a clause: <c>a frame runs past …</c>.</summary>
    public static PnetException Of(string what) =>
        new(PnetError.Protocol, $"protocol violation: {what}", "Check that both ends run PnetPS and that the transport carries bytes unchanged.");
}
