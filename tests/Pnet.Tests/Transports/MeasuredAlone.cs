namespace Pnet.Tests.Transports;

/// <summary>Tests that count what the whole process has: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "Measured alone";
}
