using System.Diagnostics;

namespace Pnet.EndToEnd.Fixture;

/// <summary>Waits that end: what another process does can't always be awaited, but it can be looked at until it is so.</summary>
internal static class Bounded
{
    /// <summary>How long anything may take that is a matter of milliseconds on an idle machine.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until something is so.</summary>
    /// <param name="what">What is waited for, as it reads after "waited for".</param>
    /// <param name="isSo">Whether it is.</param>
    /// <param name="limit">How long; <see cref="Wait"/> unless said otherwise.</param>
    /// <param name="state">What to tell of when it never is.</param>
    public static async Task UntilAsync(string what, Func<Task<bool>> isSo, TimeSpan? limit = null, Func<string>? state = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (clock.Elapsed > (limit ?? Wait))
                throw new TimeoutException($"waited {clock.Elapsed.TotalSeconds:0.0} s for {what}. {state?.Invoke()}");
            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="UntilAsync(string, Func{Task{bool}}, TimeSpan?, Func{string}?)"/>
    public static Task UntilAsync(string what, Func<bool> isSo, TimeSpan? limit = null, Func<string>? state = null) =>
        UntilAsync(what, () => Task.FromResult(isSo()), limit, state);
}
