using System.Text.Json;

namespace MyNumber.Jobs.Cli;

/// <summary>Writes what `--json` would say for a person: one `name: value` a line, lists indented.</summary>
public static class PlainText
{
    /// <summary>Writes one object.</summary>
    public static void Write(TextWriter writer, JsonElement element, int indent = 0)
    {
        foreach (var property in element.EnumerateObject())
        {
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Array:
                    Line(writer, indent, $"{property.Name}:");
                    foreach (var item in property.Value.EnumerateArray())
                    {
                        WriteItem(writer, item, indent + 2);
                    }

                    break;
                case JsonValueKind.Object:
                    Line(writer, indent, $"{property.Name}:");
                    Write(writer, property.Value, indent + 2);
                    break;
                default:
                    Line(writer, indent, $"{property.Name}: {property.Value}");
                    break;
            }
        }
    }

    // A flat item is one line; one that holds lists of its own takes several.
    private static void WriteItem(TextWriter writer, JsonElement item, int indent)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            Line(writer, indent, $"- {item}");
        }
        else if (item.EnumerateObject().Any(property => property.Value.ValueKind is JsonValueKind.Array))
        {
            Line(writer, indent, "-");
            Write(writer, item, indent + 2);
        }
        else
        {
            Line(writer, indent, "- " + string.Join("  ", item.EnumerateObject()
                .Where(property => property.Value.ToString() != "")
                .Select(property => property.Value.ToString())));
        }
    }

    private static void Line(TextWriter writer, int indent, string text) => writer.WriteLine(new string(' ', indent) + text);
}
