using System.Management.Automation;

namespace PnetPS.Calls;

/// <summary>A result of a call, or an error of it.</summary>
internal sealed record CallEvent(object? Result, ErrorRecord? Error);
