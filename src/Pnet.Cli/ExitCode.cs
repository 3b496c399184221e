namespace Pnet.Cli;

/// <summary>What the exit codes of <c>r2</c> and <c>r2d</c> mean; a tunnel passes on the far program's own.</summary>
internal static class ExitCode
{
    /// <summary>What help says of them.</summary>
    public const string Help = "0 done, 1 failed, 2 wrong usage, 3 not reached, 4 refused, 128+N ended by signal N";

    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>It failed, and none of the others says how.</summary>
    public const int Failed = 1;

    /// <summary>The command line has the wrong form.</summary>
    public const int Usage = 2;

    /// <summary>Not reached: no daemon at the socket, no such node, or no such service or command there, no reply in time.</summary>
    public const int Unreachable = 3;

    /// <summary>It was refused: no access, another identity, another network key, no permission.</summary>
    public const int Refused = 4;

    /// <summary>Added to a signal's number where a signal ended the command, as shells do.</summary>
    public const int Signal = 128;

    /// <summary>The exit code for a kind of failure.</summary>
    public static int Of(PnetError error) => error switch
    {
        PnetError.Usage => Usage,
        PnetError.Unreachable or PnetError.TimedOut => Unreachable,
        PnetError.Refused or PnetError.IdentityMismatch or PnetError.NetworkKeyMismatch or PnetError.PermissionDenied => Refused,
        _ => Failed,
    };
}
