using System.Management.Automation;

namespace PnetPS;

/// <summary>The last errors of a node's script blocks; for any thread.</summary>
internal sealed class ErrorLog
{
    /// <summary>The most that are kept; older ones are forgotten.</summary>
    public const int MaxErrors = 100;

    private readonly Lock _gate = new();
    private readonly Queue<ErrorRecord> _errors = [];

    public void Add(ErrorRecord error)
    {
        lock (_gate)
        {
            if (_errors.Count == MaxErrors)
                _errors.Dequeue();
            _errors.Enqueue(error);
        }
    }

    public ErrorRecord[] ToArray()
    {
        lock (_gate)
            return [.. _errors];
    }
}
