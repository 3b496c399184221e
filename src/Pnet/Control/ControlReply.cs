using System.Text.Json;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>
/// One line of the answer: exactly one property is set. <see cref="Item"/> may come many times, <see cref="Done"/> ends them;
/// <see cref="Stream"/> names a service of this link to be opened for raw bytes, with <see cref="Caller"/> where a node asks for it.
/// </summary>
internal sealed record ControlReply
{
    public JsonElement? Result { get; init; }

    public JsonElement? Item { get; init; }

    public bool? Done { get; init; }

    public string? Stream { get; init; }

    public NodeId? Caller { get; init; }

    public ControlFailure? Error { get; init; }
}
