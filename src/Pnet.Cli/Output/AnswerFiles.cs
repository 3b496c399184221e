namespace Pnet.Cli.Output;

/// <summary>Writes each answer to a file of its node's name. It gets that name once it is whole; what was cut leaves nothing.</summary>
internal sealed class AnswerFiles : IAnswerReader
{
    private readonly string _directory;

    /// <summary>Makes the directory where there is none.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="nodes">What the nodes are called.</param>
    public AnswerFiles(string directory, IReadOnlyCollection<string> nodes)
    {
        _directory = directory;
        // Two nodes may give themselves one name.
        if (nodes.GroupBy(node => node, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twins)
            throw new PnetException(PnetError.Usage, $"{twins.Count()} nodes are called {twins.Key}, and would write one file", "Name them by their ids, as \"r2 ls\" has them.");
        Directory.CreateDirectory(directory);
    }

    /// <inheritdoc/>
    public async Task<Answer> ReadAsync(string node, Stream answer, CancellationToken cancellationToken)
    {
        string name = FileName(node);
        string partial = Path.Combine(_directory, $".{name}.part");
        string path = Path.Combine(_directory, name);
        try
        {
            long length;
            var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                await answer.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                length = file.Length;
            }

            File.Move(partial, path, overwrite: true);
            return new Answer(length, File: path);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    // A path of several nodes is one file; no name of a node has a plus.
    private static string FileName(string node) => node == "." ? "self" : node.Replace('/', '+');
}
