namespace Pnet.Cli.Output;

/// <summary>Puts what the services of nodes answer where it is to go, as it comes.</summary>
internal interface IAnswerReader
{
    /// <summary>Reads the answer of one node to its end; several are read at the same time.</summary>
    /// <param name="node">The node, as the user calls it.</param>
    /// <param name="answer">What its service sends.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<Answer> ReadAsync(string node, Stream answer, CancellationToken cancellationToken);
}
