namespace Pnet.Transports;

/// <summary>A transport that tells when it was cut, though nobody reads or writes just then.</summary>
internal interface ICuttableTransport : ITransport
{
    /// <summary>Completes with the reason when the transport is cut; never when it ends in order.</summary>
    Task<PnetException> Cut { get; }

    /// <summary>Whether the other end had ended its direction before, so that all it had to send is here.</summary>
    bool IsComplete { get; }
}
