using System.Text;

namespace Pnet.Frames;

/// <summary>A reason as it crosses the wire: a code, then text for a person.</summary>
/// <param name="Code">The kind of reason.</param>
/// <param name="Text">One line, at most <see cref="Wire.MaxReasonText"/> bytes of UTF-8; longer text is cut.</param>
public readonly record struct Reason(ReasonCode Code, string Text)
{
    /// <summary>The most bytes that <see cref="Write"/> takes.</summary>
    public const int MaxSize = 1 + Wire.MaxReasonText;

    /// <summary>Writes the reason and returns its length in bytes.</summary>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)Code;
        Encoding.UTF8.GetEncoder().Convert(Text, destination.Slice(1, Wire.MaxReasonText), flush: true, out _, out var used, out _);
        return 1 + used;
    }

    /// <summary>Reads a reason. Control characters become spaces: the text ends up in logs and on terminals.</summary>
    /// <exception cref="PnetException">It is empty or too long.</exception>
    public static Reason Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || payload.Length > MaxSize)
            throw Violation.Of($"a reason of {payload.Length} bytes");
        var text = string.Create(Encoding.UTF8.GetCharCount(payload[1..]), payload[1..], static (chars, bytes) =>
        {
            Encoding.UTF8.GetChars(bytes, chars);
            foreach (ref var c in chars)
                if (char.IsControl(c))
                    c = ' ';
        });
        return new Reason((ReasonCode)payload[0], text);
    }

    /// <summary>The reason that tells the other end of a failure here.</summary>
    public static Reason From(Exception exception) => exception switch
    {
        PnetException e => new Reason(CodeOf(e.Error), e.Message),
        // A splice that failed: its cause says what kind of failure it was.
        IOException { InnerException: PnetException cause } => new Reason(CodeOf(cause.Error), cause.Message),
        OperationCanceledException => new Reason(ReasonCode.Closed, "closed"),
        _ => new Reason(ReasonCode.Failed, exception.Message),
    };

    /// <summary>The failure that this reason is to whoever waits at this end.</summary>
    public PnetException ToException(string? prefix = null)
    {
        var (error, action) = Code switch
        {
            ReasonCode.Closed => (PnetError.Closed, null),
            ReasonCode.Refused => (PnetError.Refused, "Ask the owner of that node for access: r2 trust ID, or --allow."),
            ReasonCode.Unreachable => (PnetError.Unreachable, "List what that node can reach: r2 -t NODE ls."),
            ReasonCode.NotFound => (PnetError.NotFound, "List the services of that node: r2 services NODE."),
            ReasonCode.LimitReached => (PnetError.LimitReached, "Close what is not needed, or raise the limit at that node."),
            ReasonCode.Protocol => (PnetError.Protocol, "Check that both ends run compatible versions."),
            ReasonCode.TimedOut => (PnetError.TimedOut, null),
            ReasonCode.IdentityMismatch => (PnetError.IdentityMismatch, "Check the id that was asked for."),
            _ => (PnetError.Failed, (string?)null),
        };
        return new PnetException(error, prefix is null ? Text : $"{prefix}: {Text}", action);
    }

    private static ReasonCode CodeOf(PnetError error) => error switch
    {
        PnetError.Closed => ReasonCode.Closed,
        PnetError.Refused or PnetError.PermissionDenied => ReasonCode.Refused,
        PnetError.Unreachable => ReasonCode.Unreachable,
        PnetError.NotFound => ReasonCode.NotFound,
        PnetError.LimitReached => ReasonCode.LimitReached,
        PnetError.Protocol => ReasonCode.Protocol,
        PnetError.TimedOut => ReasonCode.TimedOut,
        PnetError.IdentityMismatch => ReasonCode.IdentityMismatch,
        _ => ReasonCode.Failed,
    };

    /// <inheritdoc/>
    public override string ToString() => Text.Length > 0 ? Text : Code.ToString();
}
