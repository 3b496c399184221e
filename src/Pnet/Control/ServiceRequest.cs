using Pnet.Services.Commands;

namespace Pnet.Control;

/// <summary>A service to offer.</summary>
public sealed record ServiceRequest
{
    /// <summary>The name of the service that <c>r2d CMD</c> and a path without a service mean.</summary>
    public const string DefaultName = "tunnel";

    /// <summary>The service's name: 1 to 63 letters, digits, <c>.</c>, <c>_</c>, <c>-</c>.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>The command line or URI that is opened anew for each channel; with <see cref="Listen"/>, the endpoint to listen at; with <see cref="Share"/>, the directory.</summary>
    public required string Transport { get; init; }

    /// <summary>Whether the service listens: each channel to it waits for a connection there, and takes it (as <c>ssh -R</c>).</summary>
    public bool Listen { get; init; }

    /// <summary>Whether the service shares a directory, whose files others copy with <see cref="Services.Files.FileClient"/>.</summary>
    public FileSharing Share { get; init; }

    /// <summary>How it is used as a command, where it is one (its name begins with <c>cmd.</c>) and that is known.</summary>
    public CommandInfo? Command { get; init; }

    /// <summary>Who may use it beside the nodes that are known: ids or names, or <c>*</c> for anyone.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];
}
