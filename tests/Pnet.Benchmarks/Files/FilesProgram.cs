using System.Diagnostics;
using System.Globalization;
using Pnet.Benchmarks.Throughput;

namespace Pnet.Benchmarks.Files;

/// <summary>
/// One large file and many small ones through <c>scp</c>, <c>rsync</c>, <c>tar</c> over <c>ssh</c> and <c>r2 cp</c>, over TCP on the loopback
/// interface, in turns. Each run writes into a directory of its own: a file system that has just deleted thousands of files is slow to make new ones
/// (ext4 looks past each that was deleted in the last minutes), and whoever came next would have to pay.
/// </summary>
internal static class FilesProgram
{
    /// <summary>Measures and writes the table.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(FilesOptions options)
    {
        using var scratch = new Scratch(options.Directory);
        string target = Path.Combine(scratch.Files, "target");
        string file = Path.Combine(scratch.Files, "file");
        string tree = Path.Combine(scratch.Files, "tree");
        MakeFiles(options, file, tree);
        using var ssh = new SshContender(scratch, hops: 1);
        using var nodes = new FileNodes(scratch, target, [.. new[] { Path.Combine(AppContext.BaseDirectory, "r2"), options.R2 }.OfType<string>()], options.Flush);
        List<CopyContender> contenders = [.. OverSsh(ssh, options.Flush).Concat(nodes.Contenders).Where(contender => options.Only.Any(word => contender.Name.StartsWith(word, StringComparison.Ordinal)))];

        Console.WriteLine($"{options.Size:N0} bytes, {options.Count:N0} files of {options.SmallSize:N0} bytes, in {options.Directory}, medians of {options.Runs}");
        var copies = contenders.ToDictionary(c => c, _ => (File: new List<Copy>(), Tree: new List<Copy>()));
        for (int run = 0; run < options.Runs; run++)
        {
            foreach (var contender in contenders)
            {
                Console.Error.WriteLine($"run {run + 1}: {contender.Name}");
                string directory = Directory.CreateDirectory(Path.Combine(target, $"{run}-{copies.Keys.ToList().IndexOf(contender)}")).FullName;
                copies[contender].File.Add(Run(scratch, contender, contender.CopyFile(file, directory)));
                Check(Path.Combine(directory, Path.GetFileName(file)), options.Size);
                File.Delete(Path.Combine(directory, Path.GetFileName(file)));
                copies[contender].Tree.Add(Run(scratch, contender, contender.CopyTree(tree, directory)));
                if (Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Count() != options.Count)
                    throw new IOException($"{contender.Name} did not copy all files");
            }
        }

        Write(options, contenders.ConvertAll(c => (c.Name, Median(copies[c].File), Median(copies[c].Tree))));
        return 0;
    }

    private static IEnumerable<CopyContender> OverSsh(SshContender ssh, bool flush) =>
    [
        new("scp", (from, to) => $"scp -q -F {ssh.Settings} {from} far:{to}/", (from, to) => $"scp -q -r -F {ssh.Settings} {from} far:{to}/", [.. ssh.Servers]),
        Rsync(ssh, ""),
        .. flush ? [Rsync(ssh, " --fsync")] : Array.Empty<CopyContender>(),
        new("tar, ssh", (from, to) => Tar(ssh, from, to), (from, to) => Tar(ssh, from, to), [.. ssh.Servers]),
    ];

    private static CopyContender Rsync(SshContender ssh, string option) => new(
        "rsync" + option, (from, to) => $"rsync -a -W{option} -e 'ssh -F {ssh.Settings}' {from} far:{to}/", (from, to) => $"rsync -a -W{option} -e 'ssh -F {ssh.Settings}' {from} far:{to}/", [.. ssh.Servers]);

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

    private static Copy Run(Scratch scratch, CopyContender contender, string command)
    {
        // What the one before has left to be written is not the next one's.
        OwnedProcess.Run(scratch, "sync");
        long started = Stopwatch.GetTimestamp();
        using var process = OwnedProcess.Start(scratch, command, "run");
        using var watch = new ProcessWatch([process.Id, .. contender.Servers]);
        process.Wait();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        watch.Dispose();
        return new Copy(seconds, watch.CpuSeconds, watch.PeakMemory);
    }

    private static void Check(string path, long size)
    {
        if (new FileInfo(path).Length != size)
            throw new IOException($"{path} was not copied whole");
    }

    private static Copy Median(List<Copy> copies) => copies.OrderBy(copy => copy.Seconds).ElementAt(copies.Count / 2);

    private static void Write(FilesOptions options, List<(string Name, Copy File, Copy Tree)> rows)
    {
        var first = rows[0];
        Console.WriteLine();
        Console.WriteLine($"| | MB/s, one file | of {first.Name} | CPU s/GB | files/s, small files | of {first.Name} | CPU ms a file | peak memory with the one file, MB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var (name, file, tree) in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {options.Size / file.Seconds / 1e6:F0} | {first.File.Seconds / file.Seconds:F2} | {file.Cpu / (options.Size / 1e9):F2} | {options.Count / tree.Seconds:F0} | {first.Tree.Seconds / tree.Seconds:F2} | {1e3 * tree.Cpu / options.Count:F2} | {file.Memory} |"));
        }
    }

    /// <summary>What one copy took: time, processor time of all programs, and their memory.</summary>
    private sealed record Copy(double Seconds, double Cpu, string Memory);
}
