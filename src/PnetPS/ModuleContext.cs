using System.Reflection;
using System.Runtime.Loader;

namespace PnetPS;

/// <summary>
/// The load context of one copy of the module: the cmdlets and what they depend on, apart from whatever versions of the
/// same libraries PowerShell or other modules have loaded. Only what PowerShell itself brings
/// (<c>System.Management.Automation</c>, the framework) is shared, or else no cmdlet would be one.
/// </summary>
/// <remarks>
/// A folder is loaded once in a process; two versions of the module, in two folders, can be loaded side by side. Two copies of one
/// version can't: PowerShell keeps what it knows of a cmdlet under the name and version of its assembly.
/// </remarks>
public sealed class ModuleContext : AssemblyLoadContext
{
    private const string CmdletAssembly = "PnetPS.Module";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, ModuleContext> Contexts = new(StringComparer.Ordinal);

    private readonly string _folder;

    private ModuleContext(string folder)
        : base($"{CmdletAssembly} {folder}", isCollectible: false) =>
        _folder = folder;

    /// <summary>Loads the cmdlets that are in a folder, or returns them where they are loaded already.</summary>
    /// <param name="folder">The folder that holds <c>PnetPS.Module.dll</c> and its dependencies.</param>
    /// <returns>The assembly with the cmdlets, for <c>Import-Module -Assembly</c>.</returns>
    /// <exception cref="FileNotFoundException">The folder doesn't hold the module.</exception>
    /// <exception cref="InvalidOperationException">Another folder's copy of the same version is loaded.</exception>
    public static Assembly Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        lock (Gate)
        {
            if (!Contexts.TryGetValue(folder, out var context))
            {
                context = new ModuleContext(folder);
                RequireOneCopy(context);
                Contexts.Add(folder, context);
            }

            return context.LoadFromAssemblyPath(context.PathOf(CmdletAssembly));
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        ArgumentNullException.ThrowIfNull(assemblyName);

        // What isn't in the folder is PowerShell's or the framework's: null leaves it to the default context.
        return assemblyName.Name is { } name && File.Exists(PathOf(name)) ? LoadFromAssemblyPath(PathOf(name)) : null;
    }

    private static void RequireOneCopy(ModuleContext context)
    {
        var name = AssemblyName.GetAssemblyName(context.PathOf(CmdletAssembly));
        if (Contexts.Values.FirstOrDefault(other => AssemblyName.GetAssemblyName(other.PathOf(CmdletAssembly)).FullName == name.FullName) is { } same)
        {
            throw new InvalidOperationException(
                $"PnetPS {name.Version} was loaded from {same._folder} in this process already: a second copy of that version, {context._folder}, needs a new one. Start another pwsh.");
        }
    }

    private string PathOf(string assembly) => Path.Combine(_folder, $"{assembly}.dll");
}
