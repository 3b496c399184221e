using Pnet.Services.Commands;

namespace PnetPS;

/// <summary>An error that a command had at another node.</summary>
public sealed class R2CommandException : Exception
{
    private readonly CommandError _error;

    internal R2CommandException(string node, string command, CommandError error)
        : base($"{command} at {node}: {error.Message}") => (Node, Command, _error) = (node, command, error);

    /// <summary>The node, as it was named.</summary>
    public string Node { get; }

    /// <summary>The command.</summary>
    public string Command { get; }

    /// <summary>The message there.</summary>
    public string RemoteMessage => _error.Message;

    /// <summary>Where it happened there: file, line, statement.</summary>
    public string? RemotePosition => _error.Position;

    /// <summary>The type of the exception there.</summary>
    public string? RemoteType => _error.Type;

    /// <summary>The fully qualified id of the error there.</summary>
    public string? RemoteId => _error.Id;

    /// <summary>The category of the error there.</summary>
    public string? RemoteCategory => _error.Category;
}
