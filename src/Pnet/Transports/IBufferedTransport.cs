using System.IO.Pipelines;

namespace Pnet.Transports;

/// <summary>A transport that holds what it receives in buffers of its own, and lets them be read there without a copy.</summary>
public interface IBufferedTransport : ITransport
{
    /// <summary>
    /// What was received. It replaces <see cref="ITransport.ReadAsync"/> for whoever takes it: one or the other, not both.
    /// It completes at the end, or with the failure; <see cref="ITransport.EndStatus"/> is set by then.
    /// </summary>
    PipeReader Input { get; }
}
