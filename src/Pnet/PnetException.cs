namespace Pnet;

/// <summary>A failure with its kind, what failed with which value, and what to do about it.</summary>
public sealed class PnetException : IOException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="error">Its kind.</param>
    /// <param name="message">What failed, with which value: one line, no final full stop.</param>
    /// <param name="action">What to do about it, or <see langword="null"/> where nothing can be advised.</param>
    /// <param name="innerException">What caused it.</param>
    public PnetException(PnetError error, string message, string? action = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
        Action = action;
    }

    /// <summary>The kind of failure.</summary>
    public PnetError Error { get; }

    /// <summary>What a user can do about it, as an imperative sentence, or <see langword="null"/>.</summary>
    public string? Action { get; }
}
