using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MyNumber.Jobs.Cli;

/// <summary>How results are written: snake_case, one object a line, enums in kebab-case, Japanese as it is.</summary>
public static class JsonLines
{
    /// <summary>Options of every `--json` output but `read` (whose dates and names are the reader's own).</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };
}
