using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using Pnet.Addressing;

namespace PnetPS.Blocks;

/// <summary>
/// A node's history of what its script blocks say: events, and the last errors as records. Blocks that say too much lose some of
/// it, so that neither memory nor the node's own events suffer.
/// </summary>
/// <param name="errors">Keeps the error records.</param>
/// <param name="publish">Publishes an event: kind, message, the node it is about, whether it is a warning.</param>
internal sealed class BlockJournal(ErrorLog errors, Action<string, string, NodeId?, bool> publish) : IBlockListener
{
    /// <summary>Messages of one channel that all blocks of a node may give at once.</summary>
    public const int Burst = 200;

    /// <summary>Messages a second of one channel that they may give for ever.</summary>
    public const int Rate = 20;

    private static readonly TimeSpan LossInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    // One for each channel: chatter must not take the place of errors.
    private readonly Allowance[] _allowances = [.. Enum.GetValues<BlockChannel>().Select(_ => new Allowance())];
    private long _lost;
    private long? _lossTold;

    /// <summary>The last errors.</summary>
    public ErrorLog Errors => errors;

    /// <inheritdoc/>
    public void Hear(BlockRecord said)
    {
        if (said.Content is ErrorRecord error)
            errors.Add(error);

        bool told;
        long lost;
        lock (_gate)
        {
            told = _allowances[(int)said.Channel].Take();
            lost = TakeLost(told);
        }

        if (lost > 0)
            Publish("block.lost", string.Create(CultureInfo.InvariantCulture, $"script blocks say more than {Rate} things a second: {lost} were left out"), warning: true);
        if (told)
        {
            Publish(
                said.Channel switch
                {
                    BlockChannel.Error => "block.error",
                    BlockChannel.Warning => "block.warning",
                    BlockChannel.Verbose => "block.verbose",
                    BlockChannel.Debug => "block.debug",
                    BlockChannel.Progress => "block.progress",
                    _ => "block.information",
                },
                $"{said.Block}: {said.Text}",
                said.Channel is BlockChannel.Error or BlockChannel.Warning);
        }
    }

    private void Publish(string kind, string message, bool warning) => publish(kind, message, null, warning);

    /// <summary>Under the lock. Losses are told at once, and then every few seconds.</summary>
    private long TakeLost(bool told)
    {
        if (!told)
            _lost++;
        if (_lost == 0 || (_lossTold is { } last && Stopwatch.GetElapsedTime(last) < LossInterval))
            return 0;
        _lossTold = Stopwatch.GetTimestamp();
        var lost = _lost;
        _lost = 0;
        return lost;
    }

    /// <summary>A bucket that fills by and by.</summary>
    private sealed class Allowance
    {
        private double _left = Burst;
        private long _seen = Stopwatch.GetTimestamp();

        public bool Take()
        {
            var now = Stopwatch.GetTimestamp();
            _left = Math.Min(Burst, _left + (Stopwatch.GetElapsedTime(_seen, now).TotalSeconds * Rate));
            _seen = now;
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }
}
