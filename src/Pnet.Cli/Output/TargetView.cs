namespace Pnet.Cli.Output;

/// <summary>What became of one target of several, as <c>--json</c> writes it.</summary>
/// <param name="Target">The target.</param>
/// <param name="Error">Why it failed, or <see langword="null"/>.</param>
internal sealed record TargetView(string Target, string? Error);
