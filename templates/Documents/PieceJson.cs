using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MyNumber.Templates.Documents;

/// <summary>
/// <see cref="PieceData"/> as JSON, with the column names of residents.csv and forms.csv. Forgiving where those files
/// are: an empty text is no date, `0` and `1` are booleans, columns that nothing prints are let be.
/// </summary>
public static class PieceJson
{
    /// <summary>How pieces are written and read.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new OptionalDate(), new Truth() },
    };

    /// <summary>One piece, or an array of them, for that document.</summary>
    /// <exception cref="ArgumentException">The text is no such JSON; the message names no value.</exception>
    public static IReadOnlyList<PieceData> Parse(string document, string json)
    {
        try
        {
            return JsonNode.Parse(json) switch
            {
                JsonObject one => [Parse(document, one)],
                JsonArray many => [.. many.Select(item => Parse(document, item!.AsObject()))],
                _ => throw new ArgumentException("The data must be a JSON object, or an array of objects."),
            };
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            var path = (failure as JsonException)?.Path ?? "?";
            throw new ArgumentException($"The data is not as `print {document} --example` shows it, at {path}.");
        }
    }

    private static PieceData Parse(string document, JsonObject data)
    {
        if (data["document"] is { } named && named.GetValue<string>() != document)
        {
            throw new ArgumentException($"The data is for another document than `{document}`.");
        }

        data["document"] = document;
        // forms.csv names what stood on the form when it was printed; a form printed now may be given by these names.
        foreach (var (column, printed) in new[] { ("name", "printed_name"), ("address", "printed_address") })
        {
            if (data[column] is null && data[printed] is { } value)
            {
                data[column] = value.DeepClone();
            }
        }

        return data.Deserialize<PieceData>(Options) ?? throw new JsonException();
    }

    private sealed class OptionalDate : JsonConverter<DateOnly?>
    {
        public override DateOnly? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString();
            return string.IsNullOrEmpty(text)
                ? null
                : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        public override void Write(Utf8JsonWriter writer, DateOnly? value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    private sealed class Truth : JsonConverter<bool>
    {
        public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.Number => reader.GetInt32() != 0,
            JsonTokenType.String => reader.GetString() is "1" or "true",
            _ => false,
        };

        public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
    }
}
