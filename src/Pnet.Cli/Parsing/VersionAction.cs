using System.CommandLine;
using System.CommandLine.Invocation;
using Pnet.Cli.Output;

namespace Pnet.Cli.Parsing;

/// <summary>Writes name and version where <c>--version</c> comes with other options.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        OutputPipe.CheckOpen();
        parseResult.InvocationConfiguration.Output.WriteLine($"{ProgramName.Current} {ProgramVersion.Text}");
        return ExitCode.Ok;
    }
}
