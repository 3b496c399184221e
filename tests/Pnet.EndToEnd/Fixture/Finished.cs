using System.Text;

namespace Pnet.EndToEnd.Fixture;

/// <summary>A program that has run.</summary>
/// <param name="CommandLine">What it was.</param>
/// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
/// <param name="Bytes">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
internal sealed record Finished(string CommandLine, int ExitCode, byte[] Bytes, string Error)
{
    /// <summary>Standard output as text.</summary>
    public string Output => Encoding.UTF8.GetString(Bytes);

    /// <summary>Fails the test unless the program exited with a code.</summary>
    public Finished Exits(int code)
    {
        Assert.True(ExitCode == code, $"{this}\nwanted exit code {code}");
        return this;
    }

    /// <summary>Fails the test unless the program succeeded.</summary>
    public Finished Succeeds() => Exits(0);

    /// <summary>Fails the test unless the program failed with a code and one line on standard error, and returns that line.</summary>
    public string FailsWith(int code)
    {
        Exits(code);
        Assert.True(Error.EndsWith('\n') && Error.IndexOf('\n', StringComparison.Ordinal) == Error.Length - 1, $"{this}\nwanted one line on standard error");
        return Error.TrimEnd();
    }

    public override string ToString() => $"{CommandLine}\nexit code {ExitCode}\nstandard output ({Bytes.Length} bytes): {Cut(Output)}\nstandard error: {Cut(Error)}";

    private static string Cut(string text) => text.Length > 2000 ? text[..2000] + "…" : text;
}
