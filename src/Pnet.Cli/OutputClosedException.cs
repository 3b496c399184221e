namespace Pnet.Cli;

/// <summary>Whoever read this program's output has gone: <c>r2 log | head -1</c>. The program ends without a word.</summary>
internal sealed class OutputClosedException(Exception? cause = null) : Exception("the reader of the output has gone", cause);
