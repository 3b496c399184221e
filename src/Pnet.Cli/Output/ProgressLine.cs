using System.Diagnostics;

namespace Pnet.Cli.Output;

/// <summary>A line on the terminal that says how far something has got; none where standard error is no terminal.</summary>
internal sealed class ProgressLine : IAsyncDisposable
{
    // What a terminal has at least, where standard output is none and so doesn't tell.
    private const int Narrow = 79;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Func<(string Done, long Bytes, string? Current)> _look;
    private readonly bool _shown;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _drawing;

    /// <summary>Begins to show it.</summary>
    /// <param name="quiet">Whether not to.</param>
    /// <param name="look">Tells what is done, how many bytes have come or gone for it, and what is under way.</param>
    public ProgressLine(bool quiet, Func<(string Done, long Bytes, string? Current)> look)
    {
        _look = look;
        _shown = !quiet && !Console.IsErrorRedirected;
        _drawing = _shown ? DrawAsync() : Task.CompletedTask;
    }

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
            int width = Console.IsOutputRedirected ? Narrow : Terminal.Width;
            lock (_lock)
            {
                Clear();
                Console.Error.Write(line.Length > width ? line[..width] : line);
            }
        }
    }

    private string Line()
    {
        var (done, bytes, current) = _look();
        return Terminal.Clean($"{done}, {Human.Rate(bytes, Stopwatch.GetElapsedTime(_start))}  {current}").TrimEnd();
    }

    private void Clear()
    {
        if (_shown)
            Console.Error.Write("\r\e[K");
    }
}
