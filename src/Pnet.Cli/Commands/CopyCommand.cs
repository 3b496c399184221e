using System.CommandLine.Completions;
using Pnet.Cli.Output;
using Pnet.Cli.Parsing;
using Pnet.Services.Files;

namespace Pnet.Cli.Commands;

/// <summary><c>cp</c>: copies files to and from the directories that nodes share.</summary>
internal static class CopyCommand
{
    /// <summary>Builds the command.</summary>
    public static CliCommand Create(GlobalOptions options)
    {
        var command = new CliCommand(
            "cp",
            "Copy files to or from a directory that a node shares",
            "r2 cp report.pdf bob:",
            "r2 cp -r photos bob/carol:2025/",
            "r2 cp 'bob:*.pdf' .",
            "r2 cp -r --collision overwrite bob/service:public: mirror/")
        { ExplainDash = ExplainDash };
        var recurse = command.Flag("--recursive", "-r", "Copy directories, with all that is below them; links and devices are skipped, and told of");
        var collision = command.Option("--collision", "-c", "RULE", "When a name is taken by another file: fail, skip, overwrite, rename or newer [default: fail]", text => (FileCollision?)ParseCollision(text), null);
        collision.CompletionSources.Clear();
        collision.CompletionSources.Add(_ => Enum.GetNames<FileCollision>().Select(name => new CompletionItem(name.ToLowerInvariant())));
        var flush = command.Flag("--fsync", null, "Have each file on the disk before it gets its name, and all of it before this ends; slow with many small files");
        command.Flag("--preserve", "-p", "Nothing more: permissions and times are always kept");
        var quiet = command.Flag("--quiet", "-q", "Show no progress and no summary");
        var words = command.Words("PATH", "What to copy, and where to last; NODE:PATH is below the directory that a node shares, where * ? [a-z] stand for names", ParsePaths);
        return options.OnNode(command, async (session, cancellationToken) =>
        {
            var (sources, destination) = session.Parse.GetRequiredValue(words);
            var progress = new FileProgress();
            var shown = new ProgressLine(session.Out.Json || session.Parse.GetValue(quiet), () => (
                $"{Human.Count(progress.Files)} of {Human.Count(progress.FilesFound)} files, {Human.Size(progress.Bytes)} of {Human.Size(progress.BytesFound)}", progress.BytesSent, progress.Current));
            await using var _ = shown.ConfigureAwait(false);
            var how = new FileCopyOptions
            {
                Collision = session.Parse.GetValue(collision) ?? FileCollision.Fail,
                Recurse = session.Parse.GetValue(recurse),
                Flush = session.Parse.GetValue(flush),
                Wildcards = true,
                Progress = progress,
                Outcome = outcome => Tell(outcome, session.Out, shown),
            };
            var summary = await CopyAsync(new FileClient(session.Node), sources, destination, how, cancellationToken).ConfigureAwait(false);
            await shown.DisposeAsync().ConfigureAwait(false);
            if (session.Out.Json)
                session.Out.Document(summary, JsonText.Of<FileSummary>());
            else if (!session.Parse.GetValue(quiet))
                session.Out.Line(Describe(summary));
            return summary.Failed > 0 ? ExitCode.Failed : ExitCode.Ok;
        });
    }

    private static async Task<FileSummary> CopyAsync(FileClient client, string[] sources, string destination, FileCopyOptions how, CancellationToken cancellationToken)
    {
        if (FileTarget.IsFar(destination))
            return await client.SendAsync(sources, FileTarget.Parse(destination), how, cancellationToken).ConfigureAwait(false);
        var far = Array.ConvertAll(sources, FileTarget.Parse);
        return await client.ReceiveAsync(far[0].Address, [.. far.Select(f => f.Path.Length == 0 ? "." : f.Path)], destination, how, cancellationToken).ConfigureAwait(false);
    }

    // What becomes of the files that are copied is told in sum; the others one by one.
    private static void Tell(FileOutcome outcome, Printer printer, ProgressLine shown)
    {
        if (printer.Json)
            printer.Document(FileView.Of(outcome), JsonText.Of<FileView>());
        else if (outcome.Status is FileStatus.Failed or FileStatus.Skipped)
            shown.Tell($"{ProgramName.Current}: {(outcome.Status == FileStatus.Skipped ? "skipped: " : "")}{outcome.Message}{Advise(outcome.Error)}");
    }

    private static string? Advise(PnetError? error) => error switch
    {
        PnetError.AlreadyExists => "; --collision says what is to happen then",
        PnetError.Usage => "; -r copies directories",
        _ => null,
    };

    private static string Describe(FileSummary summary)
    {
        var parts = new List<string> { $"{Human.Count(summary.Copied)} copied" };
        foreach (var (count, what) in ((long, string)[])[(summary.Unchanged, "unchanged"), (summary.Skipped, "skipped"), (summary.Failed, "failed")])
        {
            if (count > 0)
                parts.Add($"{Human.Count(count)} {what}");
        }
        return $"{string.Join(", ", parts)}; {Human.Size(summary.BytesSent)} in {summary.Elapsed.TotalSeconds:0.0} s, {Human.Rate(summary.BytesSent, summary.Elapsed)}";
    }

    private static (string[] Sources, string Destination) ParsePaths(string[] words)
    {
        if (words.Length < 2)
            throw new FormatException("give what to copy, and where to last: r2 cp report.pdf bob:");
        var (sources, destination) = (words[..^1], words[^1]);
        int far = sources.Count(FileTarget.IsFar);
        if (FileTarget.IsFar(destination))
        {
            FileTarget.Parse(destination);
            return far == 0 ? (sources, destination) : throw new FormatException("one side must be on this machine: copy here first, and then there");
        }
        if (far < sources.Length)
            throw new FormatException(far == 0 ? "neither side is at a node; write NODE:PATH for that" : "sources must all be on this machine, or all at one node");
        var addresses = sources.Select(source => FileTarget.Parse(source).Address).Distinct().Count();
        return addresses == 1 ? (sources, destination) : throw new FormatException("sources must all be at one node");
    }

    private static string ExplainDash(string word) => word == "-"
        ? "cp copies files, and neither standard input nor output; a file of that name is ./- or comes after --"
        : $"there is no option '{word}'; a file of that name is ./{word} or comes after --";

    private static FileCollision ParseCollision(string text) => Enum.TryParse<FileCollision>(text, ignoreCase: true, out var rule) && Enum.IsDefined(rule) && !char.IsDigit(text[0])
        ? rule
        : throw new FormatException($"'{text}' is no rule; give fail, skip, overwrite, rename or newer");
}
