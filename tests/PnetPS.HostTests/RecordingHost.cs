using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation.Host;

namespace PnetPS.HostTests;

/// <summary>A host that keeps what it is told, and answers questions as it was told to.</summary>
internal sealed class RecordingHost : PSHost
{
    private readonly RecordingUserInterface _ui = new();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "PnetPS.HostTests";

    public override PSHostUserInterface UI => _ui;

    public override Version Version { get; } = new(1, 0);

    /// <summary>The lines that were written to it.</summary>
    public ConcurrentQueue<string> Lines => _ui.Lines;

    /// <summary>The activities that it was told the progress of.</summary>
    public ConcurrentQueue<string> Activities => _ui.Activities;

    /// <summary>The questions that it was asked.</summary>
    public ConcurrentQueue<string> Questions => _ui.Questions;

    /// <summary>What it answers to a question: the place of the choice.</summary>
    public int Answer
    {
        set => _ui.Answer = value;
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }
}
