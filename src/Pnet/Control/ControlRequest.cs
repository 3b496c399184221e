using System.Text.Json;

namespace Pnet.Control;

/// <summary>What a manager asks, as one line of JSON on a channel of its own (docs/protocol.md, "Control").</summary>
internal sealed record ControlRequest(string Method, string? Target = null, JsonElement? Parameters = null);
