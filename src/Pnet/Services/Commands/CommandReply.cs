using System.Text.Json;

namespace Pnet.Services.Commands;

/// <summary>One thing that a command answers, while it runs or at its end.</summary>
/// <param name="Output">A result; meaningless where there is an error.</param>
/// <param name="Error">An error after which the command went on, or <see langword="null"/>.</param>
public readonly record struct CommandReply(JsonElement Output, CommandError? Error);
