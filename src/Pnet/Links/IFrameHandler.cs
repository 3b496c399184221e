using Pnet.Frames;

namespace Pnet.Links;

/// <summary>What stands on a link: told of its frames in order, by the link's reader loop alone.</summary>
internal interface IFrameHandler
{
    /// <summary>A frame arrived. Must not block; the payload is valid for the duration of the call.</summary>
    /// <exception cref="PnetException">The frame breaks the protocol: the link ends with that reason.</exception>
    void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload);

    /// <summary>All that was read at once has been handed over: the time to wake readers and to answer.</summary>
    void OnBatchEnd();

    /// <summary>The link has ended. Called once, after the last frame.</summary>
    void OnClosed(PnetException reason);
}
