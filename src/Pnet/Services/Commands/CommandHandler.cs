namespace Pnet.Services.Commands;

/// <summary>Runs one call of a command. What it throws is the error that the call ends with.</summary>
/// <param name="call">What was called, by whom, and with what.</param>
/// <param name="output">Where results go.</param>
/// <param name="cancellationToken">Cancelled when the caller has gone or wants no more.</param>
public delegate Task CommandHandler(CommandCall call, CommandOutput output, CancellationToken cancellationToken);
