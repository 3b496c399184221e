using System.Reflection;

namespace Pnet.Cli;

/// <summary>The version of this build.</summary>
internal static class ProgramVersion
{
    /// <summary>The version as people write it: <c>0.1.0</c>.</summary>
    public static string Text =>
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
