namespace Pnet.Services.Files;

/// <summary>What a receiver says of one entry.</summary>
/// <param name="Kind">Want, Compare or Settled.</param>
/// <param name="Index">The entry's number.</param>
/// <param name="Offset">Want: how many bytes are there already.</param>
/// <param name="Hash">Want: the hash of those, if any. Compare: that of the whole file there.</param>
/// <param name="Status">Settled: what became of it.</param>
/// <param name="Error">Settled: the kind of failure.</param>
/// <param name="Text">Settled: why, or its new name.</param>
internal readonly record struct FileAnswer(
    FileMessage Kind, uint Index, long Offset = 0, byte[]? Hash = null, FileStatus Status = default, PnetError? Error = null, string? Text = null)
{
    private const byte NoError = 255;

    /// <summary>The bytes of memory that it takes.</summary>
    public long Weight => 256 + (2L * (Text?.Length ?? 0));

    public static void Write(ref FieldWriter fields, FileAnswer answer)
    {
        fields.UInt32(answer.Index);
        switch (answer.Kind)
        {
            case FileMessage.Want:
                fields.Int64(answer.Offset);
                fields.Bytes(answer.Hash);
                break;
            case FileMessage.Compare:
                fields.Bytes(answer.Hash);
                break;
            default:
                fields.Byte((byte)answer.Status);
                WriteError(ref fields, answer.Error, answer.Text);
                break;
        }
    }

    /// <exception cref="PnetException">It has another form.</exception>
    public static FileAnswer Read(FileMessage kind, ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        uint index = fields.UInt32();
        FileAnswer answer;
        switch (kind)
        {
            case FileMessage.Want:
                long offset = fields.Int64();
                if (offset < 0)
                    throw FieldReader.Broken("a negative offset");
                answer = new FileAnswer(kind, index, offset, offset > 0 ? fields.Bytes(FileHash.Size).ToArray() : null);
                break;
            case FileMessage.Compare:
                answer = new FileAnswer(kind, index, Hash: fields.Bytes(FileHash.Size).ToArray());
                break;
            case FileMessage.Settled:
                var status = (FileStatus)fields.Byte();
                var (error, text) = ReadError(ref fields);
                if (status is < FileStatus.Copied or > FileStatus.Failed)
                    throw FieldReader.Broken($"an unknown status {(byte)status}");
                answer = new FileAnswer(kind, index, Status: status, Error: error, Text: text);
                break;
            default:
                throw FieldReader.Broken($"a message {(byte)kind} from a receiver");
        }
        fields.End();
        return answer;
    }

    /// <summary>Writes what is said of something that is not sent or listed.</summary>
    public static void WriteProblem(ref FieldWriter fields, FileOutcome problem)
    {
        fields.Byte((byte)problem.Status);
        WriteError(ref fields, problem.Error, problem.Message);
        fields.Text(problem.Path);
    }

    /// <exception cref="PnetException">It has another form.</exception>
    public static FileOutcome ReadProblem(ReadOnlySpan<byte> payload)
    {
        var fields = new FieldReader(payload);
        var status = (FileStatus)fields.Byte() == FileStatus.Skipped ? FileStatus.Skipped : FileStatus.Failed;
        var (error, message) = ReadError(ref fields);
        string path = fields.Text();
        fields.End();
        return new FileOutcome(path, status, Error: error, Message: message);
    }

    public static void WriteError(ref FieldWriter fields, PnetError? error, string? text)
    {
        fields.Byte(error is { } kind ? (byte)kind : NoError);
        fields.Text(text ?? "");
    }

    public static (PnetError? Error, string? Text) ReadError(ref FieldReader fields)
    {
        byte error = fields.Byte();
        string text = fields.Text();
        return (error == NoError ? null : error <= (byte)PnetError.Closed ? (PnetError)error : PnetError.Failed, text.Length == 0 ? null : text);
    }
}
