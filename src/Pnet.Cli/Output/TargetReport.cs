using Pnet.Control;

namespace Pnet.Cli.Output;

/// <summary>Tells what became of each of several targets; the exit code is that of the first failure.</summary>
internal sealed class TargetReport(Printer printer, int targets)
{
    private readonly Lock _lock = new();

    /// <summary>The exit code so far.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Does the work for one target, and tells of it.</summary>
    /// <exception cref="PnetException">It failed, it is the only target, and there are no documents that would tell of it.</exception>
    public async Task AddAsync(MessageTarget target, Func<Task> work)
    {
        Failure? failure = null;
        try
        {
            await work().ConfigureAwait(false);
        }
        // With one target the failure is the command's own.
        catch (PnetException exception) when (targets > 1 || printer.Json)
        {
            failure = Failure.Of(exception);
            // A node that nobody knows is as far away as one that doesn't answer.
            if (exception.Error == PnetError.NotFound)
                failure = failure! with { ExitCode = Cli.ExitCode.Unreachable };
        }

        lock (_lock)
            Tell(target, failure);
    }

    private void Tell(MessageTarget target, Failure? failure)
    {
        if (printer.Json)
            printer.Document(new TargetView(target.Name, failure?.Message), JsonText.Of<TargetView>());
        if (failure is null)
            return;
        if (!printer.Json)
            (failure with { Message = $"{target.Name}: {failure.Message}" }).Write(Console.Error);
        ExitCode = ExitCode == 0 ? failure.ExitCode : ExitCode;
    }
}
