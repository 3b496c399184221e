namespace Pnet.Services.Commands;

/// <summary>A command failed: thrown by a handler that tells its caller more than a message, and to the caller.</summary>
/// <param name="error">How.</param>
public sealed class CommandException(CommandError error) : IOException(error.Message)
{
    /// <summary>How it failed, in the words of the node that ran it.</summary>
    public CommandError Error => error;
}
