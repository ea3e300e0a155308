using System.Text.Json;
using System.Text.Json.Nodes;

namespace MyNumber.Templates.Forms;

/// <summary>The form definitions for the outside: `form describe KIND --json` (FORMATS.md, Forms).</summary>
public static class FormDescription
{
    /// <summary>One JSON object: form, version, pages with their items; all measures in mm.</summary>
    public static string ToJson(FormDefinition form)
    {
        var pages = new JsonArray();
        foreach (var page in form.Pages)
        {
            pages.Add(new JsonObject
            {
                ["page"] = page.Number,
                ["width_mm"] = page.WidthMm,
                ["height_mm"] = page.HeightMm,
                ["items"] = new JsonArray([.. page.Items.Select(Item)]),
            });
        }

        var description = new JsonObject { ["form"] = form.Kind, ["version"] = form.Version, ["pages"] = pages };
        return description.ToJsonString(new JsonSerializerOptions { WriteIndented = false });
    }

    private static JsonObject Item(FormItem item)
    {
        var described = Measures(item.Box);
        described.Insert(0, "name", item.Name);
        described.Insert(1, "type", JsonNamingPolicy.SnakeCaseLower.ConvertName(item.Type.ToString()));
        if (item.Type == FormItemType.Cells)
        {
            described["cells"] = new JsonArray([.. item.Cells.Select(Measures)]);
        }

        return described;
    }

    // Sums of tenths leave dust in the last binary digits; a thousandth of a millimetre is finer than any printer.
    private static JsonObject Measures(Box box) => new()
    {
        ["x_mm"] = Math.Round(box.XMm, 3),
        ["y_mm"] = Math.Round(box.YMm, 3),
        ["width_mm"] = Math.Round(box.WidthMm, 3),
        ["height_mm"] = Math.Round(box.HeightMm, 3),
    };
}
