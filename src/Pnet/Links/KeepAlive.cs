using System.Buffers.Binary;
using System.Diagnostics;
using Pnet.Frames;

namespace Pnet.Links;

/// <summary>Asks whether the other end of a link is there, answers when that one asks, and measures how long an answer takes.</summary>
/// <param name="writer">Where questions and answers go.</param>
/// <param name="reader">What knows when anything came last.</param>
/// <param name="limit">How long the other end may be silent.</param>
internal sealed class KeepAlive(RecordWriter writer, RecordReader reader, TimeSpan limit)
{
    // The payload: a question or an answer, then the asker's clock.
    private const byte Question = 0;
    private const byte Answer = 1;
    private const int Size = 9;

    // A link's first round trips, one right after the other: windows are fitted to the shortest, and the first of all is slow.
    private const int FirstRoundTrips = 5;

    private long _asked;
    private long _checked = Environment.TickCount64;
    private long _listening = Environment.TickCount64;
    private long _ticks = -1;
    private int _roundTrips;
    private long _shortestTicks = long.MaxValue;

    /// <summary>How often <see cref="Check"/> is to be called.</summary>
    public TimeSpan Period => limit / 8;

    /// <summary>The last measured round trip, or <see langword="null"/> before the first.</summary>
    public TimeSpan? RoundTrip => Interlocked.Read(ref _ticks) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>
    /// Whether the other end is a process of the same machine, with nothing between: then there is no path to measure, and a manager that was
    /// started for one request has better to do.
    /// </summary>
    public bool IsBeside { get; init; }

    /// <summary>The shortest round trip measured: the path's own, without what waited on it.</summary>
    public TimeSpan? ShortestRoundTrip => IsBeside ? null : Interlocked.Read(ref _shortestTicks) is < long.MaxValue and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Lays out a question.</summary>
    public void Ask() => Send(Question, Stopwatch.GetTimestamp());

    /// <summary>Asks where it is time to: a quarter of the limit after the last question.</summary>
    /// <returns>Whether the other end was heard within the limit. What a process that stood still didn't hear is no silence of the other end's.</returns>
    public bool Check()
    {
        var now = Environment.TickCount64;
        if (TimeSpan.FromMilliseconds(now - Interlocked.Exchange(ref _checked, now)) > limit / 2)
            Interlocked.Exchange(ref _listening, now);
        if (TimeSpan.FromMilliseconds(now - Math.Max(reader.LastReceived, Interlocked.Read(ref _listening))) > limit)
            return false;
        if (Stopwatch.GetElapsedTime(Interlocked.Read(ref _asked)) >= limit / 4)
        {
            Ask();
            writer.Flush();
        }
        return true;
    }

    /// <summary>Answers a question, or takes an answer. Called by the reader loop alone.</summary>
    /// <exception cref="PnetException">It is neither.</exception>
    public void OnFrame(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != Size || payload[0] > Answer)
            throw Violation.Of($"a keep-alive of {payload.Length} bytes");
        var clock = BinaryPrimitives.ReadInt64BigEndian(payload[1..]);
        if (payload[0] == Question)
            Send(Answer, clock);
        else if (clock == Interlocked.Read(ref _asked))
            OnRoundTrip(Stopwatch.GetElapsedTime(clock).Ticks);
    }

    private void OnRoundTrip(long ticks)
    {
        Interlocked.Exchange(ref _ticks, ticks);
        if (ticks < _shortestTicks)
            Interlocked.Exchange(ref _shortestTicks, ticks);
        if (!IsBeside && ++_roundTrips < FirstRoundTrips)
            Ask();
    }

    private void Send(byte kind, long clock)
    {
        Span<byte> payload = stackalloc byte[Size];
        payload[0] = kind;
        BinaryPrimitives.WriteInt64BigEndian(payload[1..], clock);
        if (kind == Question)
            Interlocked.Exchange(ref _asked, clock);
        writer.AppendControl(new FrameHeader(Operation.KeepAlive, 0, Size), payload);
    }
}
