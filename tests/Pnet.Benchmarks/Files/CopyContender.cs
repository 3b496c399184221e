namespace Pnet.Benchmarks.Files;

/// <summary>One way to copy files to another place.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="CopyFile">The command line that copies a file into a directory.</param>
/// <param name="CopyTree">The command line that copies a directory into a directory.</param>
/// <param name="Servers">The processes that run all the time, and do the other half of the work.</param>
internal sealed record CopyContender(string Name, Func<string, string, string> CopyFile, Func<string, string, string> CopyTree, IReadOnlyList<int> Servers);
