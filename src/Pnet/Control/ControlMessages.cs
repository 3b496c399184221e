using System.Text.Json;
using Pnet.Addressing;

namespace Pnet.Control;

/// <summary>What a manager asks, as one line of JSON on a channel of its own (docs/protocol.md, "Control").</summary>
internal sealed record ControlRequest(string Method, string? Target = null, JsonElement? Parameters = null);

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

/// <summary>A <see cref="PnetException"/> on its way.</summary>
internal sealed record ControlFailure(PnetError Kind, string Message, string? Action)
{
    public static ControlFailure From(Exception e) => e switch
    {
        PnetException p => new ControlFailure(p.Error, p.Message, p.Action),
        FormatException f => new ControlFailure(PnetError.Usage, f.Message, null),
        JsonException => new ControlFailure(PnetError.Protocol, "the request's parameters have the wrong form", "Bring manager and node to the same version."),
        _ => new ControlFailure(PnetError.Failed, e.Message, null),
    };

    public PnetException ToException() => new(Kind, Message, Action);
}

/// <summary>How an attached tunnel or link ended.</summary>
internal sealed record AttachedEnd(int? Status, string? Reason);
