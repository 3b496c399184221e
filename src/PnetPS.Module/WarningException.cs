namespace PnetPS;

/// <summary>A warning that a script block gave while nobody was there to be told.</summary>
public sealed class WarningException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="message">The warning.</param>
    public WarningException(string message)
        : base(message)
    {
    }
}
