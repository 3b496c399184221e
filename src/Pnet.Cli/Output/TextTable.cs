using System.Text;

namespace Pnet.Cli.Output;

/// <summary>Rows under a header, aligned, and not wider than the terminal: the last column is cut where it must be.</summary>
internal sealed class TextTable
{
    private const string Gap = "  ";
    private const int MinLast = 12;

    private readonly string[] _header;
    private readonly List<Cell[]> _rows = [];

    /// <summary>Creates a table.</summary>
    /// <param name="header">The columns' names; one that ends with <c>&gt;</c> is aligned right.</param>
    public TextTable(params string[] header) => _header = header;

    /// <summary>Adds a row with a cell for each column.</summary>
    public void Add(params ReadOnlySpan<Cell> cells) => _rows.Add(cells.ToArray());

    /// <summary>Writes header and rows.</summary>
    public void Write(Printer printer)
    {
        int[] widths = Measure(printer.Width);
        var titles = new Cell[_header.Length];
        for (int i = 0; i < titles.Length; i++)
            titles[i] = new Cell(_header[i].TrimEnd('>'), Colour.Bold);

        WriteRow(printer, titles, widths);
        foreach (Cell[] row in _rows)
            WriteRow(printer, row, widths);
    }

    private int[] Measure(int width)
    {
        var widths = new int[_header.Length];
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = _header[i].TrimEnd('>').Length;
            foreach (Cell[] row in _rows)
                widths[i] = Math.Max(widths[i], row[i].Text.Length);
        }

        int last = widths.Length - 1;
        int before = last * Gap.Length;
        for (int i = 0; i < last; i++)
            before += widths[i];
        widths[last] = Math.Min(widths[last], Math.Max(MinLast, width - before));
        return widths;
    }

    private void WriteRow(Printer printer, Cell[] row, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = 0; i < row.Length; i++)
        {
            string text = row[i].Text;
            if (text.Length > widths[i])
                text = string.Concat(text.AsSpan(0, widths[i] - 1), "…");

            int padding = widths[i] - text.Length;
            bool right = _header[i].EndsWith('>');
            if (right)
                line.Append(' ', padding);
            line.Append(printer.Paint(text, row[i].Colour));
            if (i < row.Length - 1)
                line.Append(' ', right ? 0 : padding).Append(Gap);
        }

        printer.Line(line.ToString());
    }

    /// <summary>What stands in one row and column.</summary>
    /// <param name="text">The text; it is made fit for a terminal.</param>
    /// <param name="colour">How it is set off.</param>
    internal readonly struct Cell(string? text, Colour colour = Colour.None)
    {
        /// <summary>The text, or <c>-</c> where there is none.</summary>
        public string Text { get; } = string.IsNullOrEmpty(text) ? "-" : Terminal.Clean(text);

        /// <summary>How it is set off.</summary>
        public Colour Colour { get; } = colour;

        /// <summary>A plain cell.</summary>
        public static implicit operator Cell(string? text) => new(text);
    }
}
