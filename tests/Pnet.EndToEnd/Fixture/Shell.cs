using System.Diagnostics;

namespace Pnet.EndToEnd.Fixture;

/// <summary>Runs programs to their end.</summary>
internal static class Shell
{
    /// <summary>Runs a program and collects what it writes.</summary>
    /// <param name="program">The program, by path or by name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables added to the environment.</param>
    /// <param name="input">Its standard input, which ends after that.</param>
    /// <param name="limit">How long it may take; <see cref="Bounded.Wait"/> unless said otherwise.</param>
    public static async Task<Finished> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, ReadOnlyMemory<byte> input = default, TimeSpan? limit = null)
    {
        string commandLine = $"{program} {string.Join(' ', arguments)}";
        using Process process = Running.Launch(program, arguments, environment);
        var output = new MemoryStream();
        Task copying = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await Task.WhenAll(WriteAsync(process.StandardInput, input), copying, error, process.WaitForExitAsync()).WaitAsync(limit ?? Bounded.Wait);
        }
        catch (TimeoutException)
        {
            if (!process.HasExited)
                process.Kill();
            throw new TimeoutException($"{commandLine} took longer than {(limit ?? Bounded.Wait).TotalSeconds} s and wrote {output.Length} bytes");
        }

        return new Finished(commandLine, process.ExitCode, output.ToArray(), await error);
    }

    private static async Task WriteAsync(StreamWriter writer, ReadOnlyMemory<byte> input)
    {
        try
        {
            await writer.BaseStream.WriteAsync(input);
            writer.Close();
        }
        catch (IOException)
        {
            // A program need not read its input.
        }
    }
}
