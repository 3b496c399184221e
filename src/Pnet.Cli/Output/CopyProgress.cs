using System.Diagnostics;
using Pnet.Services.Files;

namespace Pnet.Cli.Output;

/// <summary>A line on the terminal that says how far a copy has got; none where standard error is no terminal.</summary>
internal sealed class CopyProgress : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly bool _shown;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _drawing;

    /// <summary>Begins to show it.</summary>
    /// <param name="quiet">Whether not to.</param>
    public CopyProgress(bool quiet)
    {
        _shown = !quiet && !Console.IsErrorRedirected;
        _drawing = _shown ? DrawAsync() : Task.CompletedTask;
    }

    /// <summary>What is shown.</summary>
    public FileProgress Progress { get; } = new();

    /// <summary>Writes a line above it.</summary>
    public void Tell(string text)
    {
        lock (_lock)
        {
            Clear();
            Console.Error.WriteLine(Terminal.Clean(text));
        }
    }

    /// <summary>Ends it and leaves nothing of it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _drawing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Clear();
        _stop.Dispose();
    }

    private async Task DrawAsync()
    {
        while (true)
        {
            await Task.Delay(Interval, _stop.Token).ConfigureAwait(false);
            string line = Line();
            lock (_lock)
            {
                Clear();
                Console.Error.Write(line.Length > Terminal.Width ? line[..Terminal.Width] : line);
            }
        }
    }

    private string Line()
    {
        long rate = (long)(Progress.BytesSent / Math.Max(Stopwatch.GetElapsedTime(_start).TotalSeconds, 0.001));
        return Terminal.Clean(
            $"{Human.Count(Progress.Files)} of {Human.Count(Progress.FilesFound)} files, {Human.Size(Progress.Bytes)} of {Human.Size(Progress.BytesFound)}, {Human.Size(rate)}/s  {Progress.Current}");
    }

    private void Clear()
    {
        if (_shown)
            Console.Error.Write("\r\e[K");
    }
}
