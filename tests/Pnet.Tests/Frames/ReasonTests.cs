using Pnet.Frames;

namespace Pnet.Tests.Frames;

public sealed class ReasonTests
{
    [Fact]
    public void Every_reason_is_read_as_it_was_written()
    {
        foreach (var code in Enum.GetValues<ReasonCode>())
        {
            var reason = new Reason(code, $"text of {code}: é漢😀");
            Assert.Equal(reason, Reason.Read(Written(reason)));
            var advised = reason with { Advice = "Do é漢😀." };
            Assert.Equal(advised, Reason.Read(Written(advised)));
        }
    }

    [Fact]
    public void Long_text_is_cut_between_characters()
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var text = new string('x', shift) + string.Concat(Enumerable.Repeat("😀", 300));
            var bytes = Written(new Reason(ReasonCode.Failed, text));
            Assert.InRange(bytes.Length, Reason.MaxSize - 3, Reason.MaxSize);
            var read = Reason.Read(bytes).Text;
            Assert.StartsWith(read, text, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', read);
        }
    }

    [Fact]
    public void Control_characters_never_reach_a_terminal()
    {
        var reason = Reason.Read([1, .. "a\u001b[2Jb\r\nc\0d\u009be\0\t\u007f"u8]);
        Assert.Equal(("a [2Jb  c", "d e   "), (reason.Text, reason.Advice));
    }

    [Fact]
    public void An_empty_reason_and_one_beyond_the_limit_are_refused()
    {
        Assert.Equal("", Reason.Read([1]).Text);
        Assert.Equal(Wire.MaxReasonText, Reason.Read([1, .. Enumerable.Repeat((byte)'x', Wire.MaxReasonText)]).Text.Length);
        Assert.Contains("a reason of 0 bytes", Broken.Message(() => Reason.Read([])), StringComparison.Ordinal);
        Assert.Contains("a reason of 514 bytes", Broken.Message(() => Reason.Read(new byte[Reason.MaxSize + 1])), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_within_the_limit_are_a_reason_that_can_be_told_and_passed_on()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(1, Reason.MaxSize + 1)];
            random.NextBytes(bytes);
            var reason = Reason.Read(bytes);
            Assert.DoesNotContain(reason.Text + reason.Advice, char.IsControl);
            Assert.NotEmpty(reason.ToString());
            Assert.InRange(Written(Reason.From(reason.ToException("prefix"))).Length, 1, Reason.MaxSize);
        }
    }

    [Theory]
    [InlineData(PnetError.Closed)]
    [InlineData(PnetError.Refused)]
    [InlineData(PnetError.Unreachable)]
    [InlineData(PnetError.NotFound)]
    [InlineData(PnetError.LimitReached)]
    [InlineData(PnetError.Protocol)]
    [InlineData(PnetError.TimedOut)]
    [InlineData(PnetError.IdentityMismatch)]
    [InlineData(PnetError.Failed)]
    public void The_kind_and_the_words_of_a_failure_survive_the_way(PnetError error)
    {
        var told = Reason.Read(Written(Reason.From(new PnetException(error, "what failed")))).ToException();
        Assert.Equal((error, "what failed"), (told.Error, told.Message));
    }

    [Fact]
    public void What_can_be_done_about_it_survives_the_way_and_any_number_of_relays()
    {
        var told = new PnetException(PnetError.Refused, "what failed", "Do this.");
        for (var relay = 0; relay < 3; relay++)
            told = Reason.Read(Written(Reason.From(told))).ToException();
        Assert.Equal((PnetError.Refused, "what failed", "Do this."), (told.Error, told.Message, told.Action));
    }

    [Fact]
    public void Advice_of_this_end_is_no_part_of_what_is_passed_on()
    {
        foreach (var code in Enum.GetValues<ReasonCode>())
        {
            var reason = new Reason(code, "what failed");
            Assert.Equal(reason, Reason.From(reason.ToException()));
        }
    }

    [Fact]
    public void Advice_comes_whole_or_not_at_all_and_never_at_the_cost_of_what_failed()
    {
        var advice = new string('y', 100) + "é";
        for (var length = Wire.MaxReasonText - 110; length <= Wire.MaxReasonText + 1; length++)
        {
            var read = Reason.Read(Written(new Reason(ReasonCode.Refused, new string('x', length), advice)));
            Assert.Equal(Math.Min(length, Wire.MaxReasonText), read.Text.Length);
            Assert.Equal(length + 1 + 102 <= Wire.MaxReasonText ? advice : null, read.Advice);
        }
    }

    [Fact]
    public void Text_can_not_pass_for_advice()
    {
        var read = Reason.Read(Written(new Reason(ReasonCode.Failed, "what\0failed")));
        Assert.Equal(("what failed", null), (read.Text, read.Advice));
        Assert.Null(Reason.Read([2, .. "what failed\0"u8]).Advice);
    }

    [Fact]
    public void The_cause_of_a_failed_copy_is_what_is_told()
    {
        var reason = Reason.From(new IOException("outer", new PnetException(PnetError.TimedOut, "nothing was heard")));
        Assert.Equal(new Reason(ReasonCode.TimedOut, "nothing was heard"), reason);
    }

    private static byte[] Written(Reason reason)
    {
        var bytes = new byte[Reason.MaxSize];
        return bytes[..reason.Write(bytes)];
    }
}
