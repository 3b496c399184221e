using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace PnetPS.HostTests;

/// <summary>The side of <see cref="RecordingHost"/> that talks.</summary>
internal sealed class RecordingUserInterface : PSHostUserInterface
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public ConcurrentQueue<string> Activities { get; } = [];

    public ConcurrentQueue<string> Questions { get; } = [];

    public int Answer { get; set; }

    public override PSHostRawUserInterface? RawUI => null;

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Questions.Enqueue(message);
        return Answer;
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Activities.Enqueue(record.Activity);
    }

    public override void Write(string value) => Lines.Enqueue(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Lines.Enqueue(value);

    public override void WriteLine(string value) => Lines.Enqueue(value);

    public override void WriteDebugLine(string message) => Lines.Enqueue(message);

    public override void WriteErrorLine(string value) => Lines.Enqueue(value);

    public override void WriteVerboseLine(string message) => Lines.Enqueue(message);

    public override void WriteWarningLine(string message) => Lines.Enqueue(message);

    public override string ReadLine() => throw new NotSupportedException();

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw new NotSupportedException();
}
