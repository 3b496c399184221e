using System.Management.Automation;

namespace PnetPS.Calls;

/// <summary>Calls of a command in the background, as a job.</summary>
internal sealed class R2Job : Job
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string _location;

    private R2Job(string command, string location)
        : base(command)
    {
        _location = location;
        PSJobTypeName = "R2Command";
    }

    /// <inheritdoc/>
    public override bool HasMoreData => Output.Count > 0 || Error.Count > 0;

    /// <inheritdoc/>
    public override string Location => _location;

    /// <inheritdoc/>
    public override string StatusMessage => "";

    /// <summary>Starts the work.</summary>
    /// <param name="command">What is shown as the job's command.</param>
    /// <param name="location">What is shown as its place: the targets.</param>
    /// <param name="work">The work.</param>
    public static R2Job Start(string command, string location, Func<CancellationToken, IAsyncEnumerable<CallEvent>> work)
    {
        var job = new R2Job(command, location);
        job.SetJobState(JobState.Running);
        _ = Task.Run(() => job.RunAsync(work));
        return job;
    }

    /// <inheritdoc/>
    public override void StopJob()
    {
        if (JobStateInfo.State != JobState.Running)
            return;
        _stop.Cancel();
        Finished.WaitOne();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && JobStateInfo.State == JobState.Running)
            _stop.Cancel();
        base.Dispose(disposing);
    }

    private async Task RunAsync(Func<CancellationToken, IAsyncEnumerable<CallEvent>> work)
    {
        var state = JobState.Completed;
        try
        {
            await foreach (var one in work(_stop.Token).ConfigureAwait(false))
            {
                if (one.Error is not null)
                    Error.Add(one.Error);
                // A job's output can hold no null.
                else if (one.Result is not null)
                    Output.Add(PSObject.AsPSObject(one.Result));
            }
        }
        catch (OperationCanceledException)
        {
            state = JobState.Stopped;
        }
        catch (Exception exception)
        {
            // Nobody waits for this but by the job: whatever it is is told there.
            Error.Add(Failure.ToErrorRecord(exception, _location));
            state = JobState.Failed;
        }

        SetJobState(state);
    }
}
