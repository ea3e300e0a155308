using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MyNumber.Templates.Documents;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// Reads the JSON of `print`: the column names of residents.csv and forms.csv, with values as those files have them too
/// (0 and 1 for booleans, an empty text for no date).
/// </summary>
public static class PieceJson
{
    private static readonly JsonSerializerOptions Options = new(JsonLines.Options)
    {
        Converters = { new Flag(), new Day() },
    };

    /// <summary>One piece; its document may be left out, as the command names it.</summary>
    /// <exception cref="JsonException">It is not JSON of a piece.</exception>
    public static PieceData Read(string json, string document)
    {
        var piece = JsonNode.Parse(json) as JsonObject ?? throw new JsonException("not an object");
        piece["document"] ??= document;
        return piece.Deserialize<PieceData>(Options)!;
    }

    private sealed class Flag : JsonConverter<bool>
    {
        public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                JsonTokenType.Number => reader.GetInt32() switch { 0 => false, 1 => true, _ => throw new JsonException() },
                JsonTokenType.String => reader.GetString() switch { "0" or "" => false, "1" => true, _ => throw new JsonException() },
                _ => throw new JsonException(),
            };

        public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) =>
            writer.WriteBooleanValue(value);
    }

    private sealed class Day : JsonConverter<DateOnly?>
    {
        public override bool HandleNull => true;

        public override DateOnly? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Null || reader.GetString() is not { Length: > 0 } text)
            {
                return null;
            }

            return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day
                : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, DateOnly? value, JsonSerializerOptions options)
        {
            if (value is { } day)
            {
                writer.WriteStringValue(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
