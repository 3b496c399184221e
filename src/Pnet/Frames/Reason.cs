using System.Text;

namespace Pnet.Frames;

/// <summary>A reason as it crosses the wire: a code, then text for a person, who may be told what to do as well.</summary>
/// <param name="Code">The kind of reason.</param>
/// <param name="Text">What failed: one line, at most <see cref="Wire.MaxReasonText"/> bytes of UTF-8; longer text is cut.</param>
/// <param name="Advice">What the one who is told can do about it: a sentence, left out where it doesn't fit behind the text.</param>
public readonly record struct Reason(ReasonCode Code, string Text, string? Advice = null)
{
    // Between the text and the advice. Ends that know of no advice show a space.
    private const char Separator = '\0';

    /// <summary>The most bytes that <see cref="Write"/> takes.</summary>
    public const int MaxSize = 1 + Wire.MaxReasonText;

    /// <summary>Writes the reason and returns its length in bytes.</summary>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)Code;
        var room = destination.Slice(1, Wire.MaxReasonText);
        Encoding.UTF8.GetEncoder().Convert(Text.Replace(Separator, ' '), room, flush: true, out _, out var used, out _);
        // Half a sentence would be bad advice.
        if (Advice is not null && used + 1 + Encoding.UTF8.GetByteCount(Advice) <= room.Length)
        {
            room[used++] = (byte)Separator;
            used += Encoding.UTF8.GetBytes(Advice, room[used..]);
        }
        return 1 + used;
    }

    /// <summary>Reads a reason. Control characters become spaces: the words end up in logs and on terminals.</summary>
    /// <exception cref="PnetException">It is empty or too long.</exception>
    public static Reason Read(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || payload.Length > MaxSize)
            throw Violation.Of($"a reason of {payload.Length} bytes");
        var words = payload[1..];
        var end = words.IndexOf((byte)Separator);
        if (end < 0)
            return new Reason((ReasonCode)payload[0], Clean(words));
        var advice = Clean(words[(end + 1)..]);
        return new Reason((ReasonCode)payload[0], Clean(words[..end]), string.IsNullOrWhiteSpace(advice) ? null : advice);
    }

    /// <summary>The reason that tells the other end of a failure here.</summary>
    public static Reason From(Exception exception) => exception switch
    {
        PnetException e => Of(e),
        // A splice that failed: its cause says what kind of failure it was.
        IOException { InnerException: PnetException cause } => Of(cause),
        OperationCanceledException => new Reason(ReasonCode.Closed, "closed"),
        _ => new Reason(ReasonCode.Failed, exception.Message),
    };

    /// <summary>The failure that this reason is to whoever waits at this end. Where no advice came with it, it has what can be said of any of its kind.</summary>
    public PnetException ToException(string? prefix = null)
    {
        var (error, general) = Code switch
        {
            ReasonCode.Closed => (PnetError.Closed, null),
            ReasonCode.Refused => (PnetError.Refused, "Ask the owner of that node."),
            ReasonCode.Unreachable => (PnetError.Unreachable, "List what that node can reach: r2 -t NODE ls."),
            ReasonCode.NotFound => (PnetError.NotFound, null),
            ReasonCode.LimitReached => (PnetError.LimitReached, "Try again later, or have the limit raised at that node."),
            ReasonCode.Protocol => (PnetError.Protocol, "Check that both ends run compatible versions."),
            ReasonCode.TimedOut => (PnetError.TimedOut, null),
            ReasonCode.IdentityMismatch => (PnetError.IdentityMismatch, "Check the id that was asked for."),
            _ => (PnetError.Failed, (string?)null),
        };
        return new PnetException(error, prefix is null ? Text : $"{prefix}: {Text}", Advice ?? general);
    }

    private static Reason Of(PnetException failure)
    {
        var plain = new Reason(CodeOf(failure.Error), failure.Message);
        // What the other end would say by itself isn't sent: a relay passes on what it was told, and nothing of its own.
        return failure.Action == plain.ToException().Action ? plain : plain with { Advice = failure.Action };
    }

    private static string Clean(ReadOnlySpan<byte> words) =>
        string.Create(Encoding.UTF8.GetCharCount(words), words, static (chars, bytes) =>
        {
            Encoding.UTF8.GetChars(bytes, chars);
            foreach (ref var c in chars)
                if (char.IsControl(c))
                    c = ' ';
        });

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
