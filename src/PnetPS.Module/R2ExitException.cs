namespace PnetPS;

/// <summary>A service ended with a status that says that it failed.</summary>
public sealed class R2ExitException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="address">The service.</param>
    /// <param name="exitStatus">Its status.</param>
    public R2ExitException(string address, int exitStatus)
        : base(FormattableString.Invariant($"{address} ended with exit status {exitStatus}"))
    {
        Address = address;
        ExitStatus = exitStatus;
    }

    /// <summary>The service.</summary>
    public string Address { get; }

    /// <summary>Its exit status: 128 + n where signal n ended it.</summary>
    public int ExitStatus { get; }
}
