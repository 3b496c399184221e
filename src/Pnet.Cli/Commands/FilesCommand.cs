using System.Globalization;
using Pnet.Addressing;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Services.Files;

namespace Pnet.Cli.Commands;

/// <summary><c>files</c>: lists what nodes share.</summary>
internal static class FilesCommand
{
    /// <summary>Builds the command.</summary>
    public static CliCommand Create(GlobalOptions options)
    {
        var command = new CliCommand(
            "files",
            "List files in a directory that a node shares",
            "r2 files bob",
            "r2 files -r bob/carol:photos",
            "r2 files 'bob:logs/*.gz'");
        var recurse = command.Flag("--recursive", "-r", "List what is below directories, too");
        var target = command.Argument("NODE[:PATH]", "The node, and a directory, a file, or a name with * ? [a-z]", ParseTarget);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            bool failed = false;
            var how = new FileListOptions
            {
                Recurse = session.Parse.GetValue(recurse),
                Wildcards = true,
                Problem = problem =>
                {
                    failed = true;
                    Console.Error.WriteLine(Terminal.Clean($"{ProgramName.Current}: {problem.Message}"));
                },
            };
            await foreach (var file in new FileClient(session.Node).ListAsync(session.Parse.GetRequiredValue(target), how, cancellationToken).ConfigureAwait(false))
            {
                if (session.Out.Json)
                    session.Out.Document(file, JsonText.Of<FileListing>());
                else
                    session.Out.Line(Describe(file, session.Out));
            }
            return failed ? ExitCode.Failed : ExitCode.Ok;
        });
    }

    // As ls -l has them, in columns that fit as the files come.
    private static string Describe(FileListing file, Printer printer)
    {
        string size = file.Kind == FileKind.File ? Human.Size(file.Size) : "-";
        string time = file.ModifiedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        string name = Terminal.Clean(file.Path);
        return $"{file.Permissions}  {size,8}  {time}  {(file.Kind == FileKind.Directory ? printer.Paint(name, Colour.Bold) + "/" : name)}";
    }

    private static FileTarget ParseTarget(string text) => FileTarget.IsFar(text) ? FileTarget.Parse(text) : new FileTarget(AddressPath.Parse(text));
}
