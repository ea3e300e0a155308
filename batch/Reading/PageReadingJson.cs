using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Readings as JSON: names snake_case, enums in lower case, Japanese as it is. <see cref="Store"/> and
/// <see cref="Load"/> keep an outcome whole; <see cref="Line"/> is what `read --json` prints (FORMATS.md, Reading).
/// </summary>
public static class PageReadingJson
{
    /// <summary>Options of both forms.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>An outcome as it is stored (encrypted): UTF-8 JSON.</summary>
    public static byte[] Store(PageOutcome outcome) => JsonSerializer.SerializeToUtf8Bytes(outcome, Options);

    /// <summary>An outcome as <see cref="Store"/> wrote it.</summary>
    /// <exception cref="JsonException">These are not the bytes of an outcome.</exception>
    public static PageOutcome Load(ReadOnlySpan<byte> stored) =>
        JsonSerializer.Deserialize<PageOutcome>(stored, Options) ?? throw new JsonException("An outcome is never null.");

    /// <summary>The line of a page.</summary>
    /// <param name="file">The file as it was named.</param>
    /// <param name="page">From 1.</param>
    /// <param name="ms">How long it took, milliseconds.</param>
    public static string Line(string file, int page, PageOutcome outcome, long ms)
    {
        var line = new JsonObject { ["file"] = file, ["page"] = page };
        if (outcome.Reading is not { } reading)
        {
            line["unreadable"] = outcome.Unreadable;
            return line.ToJsonString(Options);
        }

        line["form"] = reading.Form;
        line["registration"] = Node(reading.Registration);
        line["application_id"] = Identity(reading.ApplicationId);
        line["fields"] = Node(reading.Fields);
        line["marks"] = Node(reading.Marks);
        line["photo"] = Node(reading.Photo);
        line["findings"] = Node(reading.Findings);
        line["ms"] = ms;
        line["form_version"] = reading.FormVersion;
        line["form_page"] = reading.FormPage;
        line["bitonal"] = reading.Bitonal;
        return line.ToJsonString(Options);
    }

    // FORMATS.md knows qr, digits and both. Where the two differ, both were read: confidence 0, and a finding says so.
    private static JsonNode Identity(ApplicationIdReading id)
    {
        var source = id.From == ApplicationIdSource.Differ ? ApplicationIdSource.Both : id.From;
        return Node(id with { From = source })!;
    }

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, Options);
}
