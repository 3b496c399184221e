namespace Pnet.Transports;

/// <summary>How a command is run and ended.</summary>
public sealed class ProcessOptions
{
    /// <summary>Variables added to the environment, or changed in it; a <see langword="null"/> value takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>
    /// Whether the command's standard error is read, and its last 4 KiB kept for <see cref="ProcessTransport.ExitError"/>
    /// (the default), or inherited from this process.
    /// </summary>
    public bool CaptureStandardError { get; init; } = true;

    /// <summary>
    /// Gets every line of a captured standard error. It runs on a shared thread: it must be quick and must not throw.
    /// </summary>
    public Action<string>? StandardErrorLine { get; init; }

    /// <summary>The shell that runs the command with <c>-c</c>; <c>/bin/sh</c> unless said otherwise (<c>cmd.exe /c</c> on Windows).</summary>
    public string? Shell { get; init; }

    /// <summary>How long a command may take to exit once its input and output are closed, before it is sent SIGTERM: 200 ms.</summary>
    public TimeSpan CloseGrace { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long it may take after SIGTERM before it is sent SIGKILL: 2 s.</summary>
    public TimeSpan TerminateGrace { get; init; } = TimeSpan.FromSeconds(2);
}
