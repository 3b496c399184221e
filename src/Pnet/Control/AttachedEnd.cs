namespace Pnet.Control;

/// <summary>How an attached tunnel or link ended.</summary>
internal sealed record AttachedEnd(int? Status, string? Reason);
