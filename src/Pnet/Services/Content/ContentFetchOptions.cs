namespace Pnet.Services.Content;

/// <summary>How a content is to be fetched.</summary>
public sealed record ContentFetchOptions
{
    /// <summary>Whether to take the place of a file that is there. The default is <see langword="false"/>.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// How long to wait for peers where nobody has the content, or all who have it are gone. They are asked again and again, with pauses from one second to thirty,
    /// and what has come stays; the time begins anew whenever something has come. The default is zero: to fail at once.
    /// </summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Told before each pause why there is one, and how long it is.</summary>
    public Action<PnetException, TimeSpan>? Waiting { get; init; }

    /// <summary>Where to count how far it has got.</summary>
    public ContentProgress? Progress { get; init; }

    /// <summary>The clock that waits and the patience with peers go by.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
