namespace Pnet.Cli.Output;

/// <summary>What is still to be told of an answer once it was read.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="Body">All of it, where it was kept.</param>
/// <param name="File">The file that has it, where it was written to one.</param>
internal sealed record Answer(long Length, byte[]? Body = null, string? File = null);
