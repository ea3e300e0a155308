using System.Text.Json;

namespace MyNumber.Batch.Printing;

/// <summary>A row of the manifest, as far as the files can prove it.</summary>
internal sealed record ManifestRow(
    string PieceId, int Sequence, string File, int FirstPage, int Pages, int Sheets, string PostalCode);

/// <summary>What control.json says of the drop.</summary>
internal sealed record ControlTotals(string? Drop, long Pieces, long Pages, long Sheets, List<ControlledFile> Files)
{
    public ControlTotals(JsonElement json)
        : this(
            json.GetProperty("drop").GetString(), json.GetProperty("pieces").GetInt64(), json.GetProperty("pages").GetInt64(),
            json.GetProperty("sheets").GetInt64(), [.. json.GetProperty("files").EnumerateArray().Select(file => new ControlledFile(file))])
    {
    }
}

/// <summary>What control.json says of a file.</summary>
internal sealed record ControlledFile(string Name, long Pieces, long Pages, long Sheets, long Bytes, string? Sha256)
{
    public ControlledFile(JsonElement json)
        : this(
            json.GetProperty("file").GetString() ?? "", json.GetProperty("pieces").GetInt64(), json.GetProperty("pages").GetInt64(),
            json.GetProperty("sheets").GetInt64(), json.GetProperty("bytes").GetInt64(), json.GetProperty("sha256").GetString())
    {
    }
}
