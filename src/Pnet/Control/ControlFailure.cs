using System.Text.Json;

namespace Pnet.Control;

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
