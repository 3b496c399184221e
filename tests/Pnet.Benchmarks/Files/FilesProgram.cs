using System.Diagnostics;
using System.Globalization;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks.Files;

/// <summary>
/// One large file and many small ones through <c>scp</c>, <c>rsync</c>, <c>tar</c> over <c>ssh</c> and <c>r2 cp</c>, over TCP on the loopback
/// interface, in turns. All write into one directory, which is emptied before each.
/// </summary>
internal static class FilesProgram
{
    /// <summary>Measures and writes the table.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(FilesOptions options)
    {
        using var scratch = new Scratch();
        string target = scratch.NewPath("target");
        string file = scratch.NewPath("file");
        string tree = scratch.NewPath("tree");
        MakeFiles(options, file, tree);
        using var ssh = new SshContender(scratch, hops: 1);
        using var nodes = new FileNodes(scratch, target, [.. new[] { Path.Combine(AppContext.BaseDirectory, "r2"), options.R2 }.OfType<string>()]);
        List<CopyContender> contenders = [.. OverSsh(ssh), .. nodes.Contenders];

        Console.WriteLine($"{options.Size:N0} bytes, {options.Count:N0} files of {options.SmallSize:N0} bytes, medians of {options.Runs}, {Environment.ProcessorCount} processors, .NET {Environment.Version}");
        var times = contenders.ToDictionary(c => c, _ => (File: new List<double>(), Tree: new List<double>()));
        for (int run = 0; run < options.Runs; run++)
        {
            foreach (var contender in contenders)
            {
                Console.Error.WriteLine($"run {run + 1}: {contender.Name}");
                times[contender].File.Add(Time(scratch, contender.CopyFile(file, target), target));
                Check(Path.Combine(target, Path.GetFileName(file)), options.Size);
                times[contender].Tree.Add(Time(scratch, contender.CopyTree(tree, target), target));
                if (Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Count() != options.Count)
                    throw new IOException($"{contender.Name} did not copy all files");
            }
        }

        Write(options, contenders.ConvertAll(c => (c.Name, Median(times[c].File), Median(times[c].Tree))));
        return 0;
    }

    private static IEnumerable<CopyContender> OverSsh(SshContender ssh) =>
    [
        new("scp", (from, to) => $"scp -q -F {ssh.Settings} {from} far:{to}/", (from, to) => $"scp -q -r -F {ssh.Settings} {from} far:{to}/"),
        new("rsync", (from, to) => $"rsync -a -W -e 'ssh -F {ssh.Settings}' {from} far:{to}/", (from, to) => $"rsync -a -W -e 'ssh -F {ssh.Settings}' {from} far:{to}/"),
        new("tar, ssh", (from, to) => Tar(ssh, from, to), (from, to) => Tar(ssh, from, to)),
    ];

    private static string Tar(SshContender ssh, string from, string to) =>
        $"tar c -C {Path.GetDirectoryName(from)} {Path.GetFileName(from)} | ssh -F {ssh.Settings} far tar x -C {to}";

    private static void MakeFiles(FilesOptions options, string file, string tree)
    {
        var block = new byte[1 << 20];
        using (var stream = File.Create(file))
        {
            for (long left = options.Size; left > 0; left -= block.Length)
            {
                Random.Shared.NextBytes(block);
                stream.Write(block, 0, (int)Math.Min(left, block.Length));
            }
        }

        for (int i = 0; i < options.Count; i++)
        {
            string directory = Path.Combine(tree, $"{i % 100}");
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(Path.Combine(directory, $"{i}"), block[..options.SmallSize]);
        }
    }

    private static double Time(Scratch scratch, string command, string target)
    {
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.CreateDirectory(target);
        long started = Stopwatch.GetTimestamp();
        OwnedProcess.Run(scratch, command);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Check(string path, long size)
    {
        if (new FileInfo(path).Length != size)
            throw new IOException($"{path} was not copied whole");
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static void Write(FilesOptions options, List<(string Name, double File, double Tree)> rows)
    {
        var scp = rows[0];
        Console.WriteLine();
        Console.WriteLine("| | MB/s, one file | of scp | files/s, small files | of scp |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (name, file, tree) in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {options.Size / file / 1e6:F0} | {scp.File / file:F2} | {options.Count / tree:F0} | {scp.Tree / tree:F2} |"));
        }
    }
}
