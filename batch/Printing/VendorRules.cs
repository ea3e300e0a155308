namespace MyNumber.Batch.Printing;

/// <summary>What a piece is when an answer about it is looked at.</summary>
/// <param name="PostedOn">The day of its posting; null while not posted.</param>
/// <param name="PrintedFor">The business date of its drop.</param>
public sealed record PieceStanding(string State, DateOnly? PostedOn, DateOnly PrintedFor);

/// <summary>What one line of an answer does.</summary>
/// <param name="State">`applied`, `kept` (it makes no sense here: a person looks), or `pending` (it came too early).</param>
/// <param name="Result">A stable code.</param>
/// <param name="After">The piece afterwards; the same where nothing changed.</param>
public sealed record AnswerResult(string State, string Result, PieceStanding After);

/// <summary>
/// What the vendor's word does to a piece. Every kind of line in every state has one result; a line that makes no sense
/// is kept with its reason, never dropped, and never undoes what is known.
/// </summary>
public static class VendorRules
{
    /// <summary>Judges one line: `posted`, `spoiled` or `destroyed`.</summary>
    /// <param name="day">The day it names; null in `spoiled`.</param>
    public static AnswerResult Judge(string kind, DateOnly? day, PieceStanding piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        return (kind, piece.State) switch
        {
            ("posted" or "destroyed", _) when day < piece.PrintedFor => Kept(piece, $"{kind}-before-its-drop"),

            // Posting proves that the file was received, whether or not its acknowledgement has come.
            ("posted", "sent" or "acknowledged") =>
                Applied(piece with { State = "posted", PostedOn = day }, "posted"),
            ("posted", "posted" or "returned") when piece.PostedOn == day => Applied(piece, "again"),
            ("spoiled", "sent" or "acknowledged") => Applied(piece with { State = "spoiled" }, "spoiled"),
            ("spoiled", "spoiled" or "destroyed") => Applied(piece, "again"),
            ("destroyed", "spoiled") => Applied(piece with { State = "destroyed" }, "destroyed"),
            ("destroyed", "destroyed") => Applied(piece, "again"),

            // The word that it was spoiled may still be on its way.
            ("destroyed", "sent" or "acknowledged") => new("pending", "not-yet-spoiled", piece),
            _ => Kept(piece, $"{kind}-but-{piece.State}"),
        };
    }

    private static AnswerResult Applied(PieceStanding after, string result) => new("applied", result, after);

    private static AnswerResult Kept(PieceStanding piece, string result) => new("kept", result, piece);
}
