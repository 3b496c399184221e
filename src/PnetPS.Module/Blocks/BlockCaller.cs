using System.Management.Automation;
using PnetPS.Commands;

namespace PnetPS.Blocks;

/// <summary>Hands what a script block says on to the cmdlet that was given it, as long as that runs.</summary>
internal sealed class BlockCaller(R2Cmdlet cmdlet) : IBlockListener
{
    // What waits for the pipeline's thread. Beyond that the block waits, but not for ever: the pipeline may in turn be
    // waiting for the block. What is left out here is in the node's history.
    private const int MaxWaiting = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly object _room = new();
    private int _waiting;
    private bool _stalled;

    /// <inheritdoc/>
    public void Hear(BlockRecord said)
    {
        if (cmdlet.IsOver || !Enter())
            return;
        cmdlet.Post(() =>
        {
            Leave();
            Write(said);
        });
    }

    /// <returns>Whether there is room for one more.</returns>
    private bool Enter()
    {
        lock (_room)
        {
            if (_waiting == MaxWaiting && !_stalled)
                Monitor.Wait(_room, Patience);
            _stalled = _waiting == MaxWaiting;
            if (!_stalled)
                _waiting++;
            return !_stalled;
        }
    }

    private void Leave()
    {
        lock (_room)
        {
            _waiting--;
            Monitor.Pulse(_room);
        }
    }

    private void Write(BlockRecord said)
    {
        switch (said.Channel, said.Content)
        {
            case (_, ErrorRecord error):
                cmdlet.WriteError(error);
                break;
            case (_, InformationRecord information):
                cmdlet.WriteInformation(information);
                break;
            case (_, ProgressRecord progress):
                cmdlet.WriteProgress(progress);
                break;
            case (BlockChannel.Warning, var text):
                cmdlet.WriteWarning($"{text}");
                break;
            case (BlockChannel.Debug, var text):
                cmdlet.WriteDebug($"{text}");
                break;
            case (_, var text):
                cmdlet.WriteVerbose($"{text}");
                break;
        }
    }
}
