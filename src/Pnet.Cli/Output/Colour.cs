namespace Pnet.Cli.Output;

/// <summary>How a text is set off on a terminal, by its ANSI number.</summary>
internal enum Colour
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Bold.</summary>
    Bold = 1,

    /// <summary>Dim.</summary>
    Dim = 2,

    /// <summary>Red: broken.</summary>
    Red = 31,

    /// <summary>Green: as it should be.</summary>
    Green = 32,

    /// <summary>Yellow: under way.</summary>
    Yellow = 33,
}
