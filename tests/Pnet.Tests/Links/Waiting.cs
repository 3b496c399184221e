namespace Pnet.Tests.Links;

/// <summary>Bounds for what should take a moment.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static Task Soon(this Task task) => task.WaitAsync(Bound);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Bound);

    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Bound);

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Bound);

    /// <summary>Demands that a task fails as it should.</summary>
    public static async Task<PnetException> FailsAsync(this Task task, PnetError error, params string[] words)
    {
        var failure = await Assert.ThrowsAsync<PnetException>(() => task.WaitAsync(Bound));
        Tells(failure, error, words);
        return failure;
    }

    /// <inheritdoc cref="FailsAsync(Task, PnetError, string[])"/>
    public static async Task<PnetException> FailsAsync(Func<Task> work, PnetError error, params string[] words)
    {
        var failure = await Assert.ThrowsAsync<PnetException>(() => work().WaitAsync(Bound));
        Tells(failure, error, words);
        return failure;
    }

    /// <summary>Demands a kind of failure that says certain words.</summary>
    public static void Tells(PnetException failure, PnetError error, params string[] words)
    {
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
        Assert.Equal(error, failure.Error);
    }

    /// <summary>Looks again and again, for what has no event of its own.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var end = DateTime.UtcNow + Bound;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, $"not within {Bound.TotalSeconds} s: {what}");
            await Task.Delay(5);
        }
    }
}
