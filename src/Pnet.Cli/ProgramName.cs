namespace Pnet.Cli;

/// <summary>The name this process was started under, which decides what it is.</summary>
internal static class ProgramName
{
    /// <summary>The manager's name.</summary>
    public const string Manager = "r2";

    /// <summary>The daemon's name.</summary>
    public const string Daemon = "r2d";

    /// <summary>The manager's command that is the daemon: <c>r2 daemon</c> is <c>r2d</c>.</summary>
    public const string DaemonCommand = "daemon";

    private static readonly bool NamedDaemon = IsDaemonName(StartedAs());

    /// <summary>Whether the process is the daemon: started through a link or a copy of that name, or as <c>r2 daemon</c>.</summary>
    public static bool IsDaemon { get; } = NamedDaemon || Environment.GetCommandLineArgs() is [_, DaemonCommand, ..];

    /// <summary>The name to speak of itself by.</summary>
    public static string Current => IsDaemon ? Daemon : Manager;

    /// <summary>Whether a program of this path is the daemon by its name.</summary>
    public static bool IsDaemonName(string path) => Path.GetFileNameWithoutExtension(path).Equals(Daemon, StringComparison.OrdinalIgnoreCase);

    /// <summary>The arguments without the word that made this process the daemon.</summary>
    public static string[] StripCommand(string[] arguments) => IsDaemon && !NamedDaemon ? arguments[1..] : arguments;

    /// <summary>
    /// The first word of the command line. The runtime tells it only where the program is compiled ahead of time;
    /// elsewhere it gives the assembly's path, and the system has to be asked.
    /// </summary>
    private static string StartedAs()
    {
        const string CommandLineFile = "/proc/self/cmdline";
        if (OperatingSystem.IsLinux() && File.Exists(CommandLineFile))
        {
            ReadOnlySpan<byte> line = File.ReadAllBytes(CommandLineFile);
            int end = line.IndexOf((byte)0);
            string first = System.Text.Encoding.UTF8.GetString(end < 0 ? line : line[..end]);
            if (first.Length > 0)
                return first;
        }

        string assembly = Environment.GetCommandLineArgs()[0];
        return OperatingSystem.IsWindows() || assembly.EndsWith(".dll", StringComparison.Ordinal) ? Environment.ProcessPath ?? assembly : assembly;
    }
}
