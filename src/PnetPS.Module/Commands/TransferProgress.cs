using System.Management.Automation;

namespace PnetPS.Commands;

/// <summary>Tells a cmdlet's user how far bytes have got, once that has taken a second.</summary>
internal sealed class TransferProgress : IDisposable
{
    private static readonly TimeSpan After = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly R2Cmdlet _cmdlet;
    private readonly string _activity;
    private readonly Func<(long Done, long All, string? Files, string? Current)> _look;
    private readonly Timer _timer;
    private bool _shown;
    private bool _ended;

    /// <summary>Begins to.</summary>
    /// <param name="cmdlet">The cmdlet, whose thread shows it while it waits.</param>
    /// <param name="activity">What is going on.</param>
    /// <param name="look">Tells the bytes that are done and those of all, the files where there are several, and what is under way.</param>
    public TransferProgress(R2Cmdlet cmdlet, string activity, Func<(long Done, long All, string? Files, string? Current)> look)
    {
        (_cmdlet, _activity, _look) = (cmdlet, activity, look);
        _timer = new Timer(_ => cmdlet.Post(Show), null, After, Every);
    }

    /// <summary>Ends it, on the cmdlet's thread.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _ended = true;
        if (_shown)
            _cmdlet.WriteProgress(new ProgressRecord(1, _activity, "Done") { RecordType = ProgressRecordType.Completed });
    }

    private void Show()
    {
        // What the timer posted last may come after the end.
        if (_ended)
            return;
        _shown = true;
        var (done, all, files, current) = _look();
        _cmdlet.WriteProgress(new ProgressRecord(1, _activity, $"{files}{done / 1e6:F1} of {all / 1e6:F1} MB")
        {
            CurrentOperation = current,
            PercentComplete = (int)Math.Min(100, done * 100 / Math.Max(all, 1)),
        });
    }
}
