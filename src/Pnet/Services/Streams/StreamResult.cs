using Pnet.Addressing;

namespace Pnet.Services.Streams;

/// <summary>What came of using a service of one node.</summary>
/// <param name="Target">The service.</param>
/// <param name="Output">What was made of its output; nothing where it failed.</param>
/// <param name="Status">The exit status that it ended with, where it has one: a program's, 128 + n for signal n.</param>
/// <param name="Failure">Why it could not be used to its end: it can't be reached, refused, was cut off, or held the others up too long.</param>
/// <typeparam name="T">What is made of its output.</typeparam>
public sealed record StreamResult<T>(AddressPath Target, T? Output, int? Status, PnetException? Failure)
{
    /// <summary>Whether it came to its end, with status 0 where it has one.</summary>
    public bool Succeeded => Failure is null && Status is null or 0;
}
