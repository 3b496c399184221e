namespace Pnet.Cli;

/// <summary>
/// Lets what waits for a socket go on at the thread that polls it: no hop through the thread pool for every record.
/// Nothing in this program blocks there.
/// </summary>
/// <remarks>
/// The runtime reads the switch when the first socket is waited for, and only from the environment. It is taken away again
/// afterwards: programs that this one starts are not to inherit it.
/// </remarks>
internal static class SocketCompletions
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Sets the switch around the first use of sockets. What the user has set stays.</summary>
    public static async Task<T> InlineAsync<T>(Func<Task<T>> firstUse)
    {
        if (Environment.GetEnvironmentVariable(Switch) is not null)
            return await firstUse().ConfigureAwait(false);
        Environment.SetEnvironmentVariable(Switch, "1");
        try
        {
            return await firstUse().ConfigureAwait(false);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Switch, null);
        }
    }
}
