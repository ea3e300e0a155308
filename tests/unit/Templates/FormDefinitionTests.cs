using System.Text.Json;
using MyNumber.Templates.Forms;

namespace MyNumber.Tests.Unit.OfTemplates;

/// <summary>Definitions are data, and tested as data.</summary>
public sealed class FormDefinitionTests
{
    public static TheoryData<string> Kinds => [.. FormDefinitions.All.Select(form => form.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_item_lies_on_the_page_and_none_covers_another(string kind)
    {
        foreach (var page in FormDefinitions.Get(kind).Pages)
        {
            foreach (var item in page.Items)
            {
                Assert.InRange(item.Box.XMm, 5, page.WidthMm);
                Assert.InRange(item.Box.YMm, 5, page.HeightMm);
                Assert.InRange(item.Box.RightMm, 0, page.WidthMm - 5);
                Assert.InRange(item.Box.BottomMm, 0, page.HeightMm - 5);
                Assert.All(
                    page.Items.Where(other => other != item),
                    other => Assert.False(Overlap(item.Box, other.Box), $"{item.Name} covers {other.Name}"));
            }

            Assert.Equal(page.Items.Count, page.Items.Select(item => item.Name).Distinct().Count());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_page_has_four_registration_marks_and_the_first_all_that_is_read(string kind)
    {
        var form = FormDefinitions.Get(kind);
        Assert.All(form.Pages, page => Assert.Equal(4, page.Items.Count(item => item.Type == FormItemType.Registration)));
        string[] front =
        [
            "applicant_name", "application_date_era", "application_date_year", "application_date_month", "application_date_day",
            "phone", "photo", "no_signature_certificate", "no_user_certificate", "braille", "name", "name_kana", "address", "sex",
        ];
        string[] back = ["representative_name", "representative_relation", "representative_address", "representative_phone"];
        Assert.All(front, name => Assert.NotNull(form.Pages[0].Find(name)));
        Assert.All(back, name => Assert.NotNull(form.Pages[1].Find(name)));
    }

    [Theory]
    [InlineData("application-form", true)]
    [InlineData("reapplication-form", true)]
    [InlineData("renewal-application-form", false)] // R06: known by the Individual Number alone.
    [InlineData("handwritten-application-form", false)]
    public void A_form_carries_an_application_id_or_asks_for_the_individual_number(string kind, bool hasId)
    {
        var front = FormDefinitions.Get(kind).Pages[0];
        Assert.Equal(hasId, front.Find("application_id") is not null);
        Assert.Equal(hasId, front.Find("qr") is not null);
        Assert.Equal(hasId ? null : 12, front.Find("individual_number")?.Cells.Count);
    }

    [Fact]
    public void The_photograph_is_35_by_45_mm()
    {
        var photo = FormDefinitions.ApplicationForm.Pages[0].Find("photo")!.Box;
        Assert.Equal((35, 45), (photo.WidthMm, photo.HeightMm));
    }

    [Fact]
    public void A_form_mark_says_kind_version_and_page()
    {
        foreach (var form in FormDefinitions.All)
        {
            foreach (var page in form.Pages)
            {
                var mark = new FormMark(form.Kind, form.Version, page.Number);
                Assert.Equal(mark, FormMark.Decode(mark.Encode()));
            }
        }
    }

    [Fact]
    public void A_form_mark_with_any_one_module_wrong_is_refused()
    {
        var modules = new FormMark("application-form", 1, 1).Encode();
        for (var i = 0; i < modules.Length; i++)
        {
            var damaged = (bool[])modules.Clone();
            damaged[i] = !damaged[i];
            Assert.Null(FormMark.Decode(damaged));
        }

        Assert.Null(FormMark.Decode(new bool[FormMark.Modules]));
        Assert.Null(FormMark.Decode([.. Enumerable.Repeat(true, FormMark.Modules)]));
        Assert.Null(FormMark.Decode([.. modules.Reverse()])); // The page lies upside down.
    }

    [Fact]
    public void The_description_has_every_item_with_its_cells()
    {
        using var json = JsonDocument.Parse(FormDescription.ToJson(FormDefinitions.HandwrittenApplicationForm));
        var root = json.RootElement;
        Assert.Equal("handwritten-application-form", root.GetProperty("form").GetString());
        var items = root.GetProperty("pages")[0].GetProperty("items").EnumerateArray().ToList();
        var number = items.Single(item => item.GetProperty("name").GetString() == "individual_number");
        Assert.Equal("cells", number.GetProperty("type").GetString());
        Assert.Equal(12, number.GetProperty("cells").GetArrayLength());
        Assert.Equal(6, number.GetProperty("cells")[11].GetProperty("width_mm").GetDouble());
    }

    [Fact]
    public void All_versions_share_the_places_of_their_registration_marks()
    {
        // The reader looks for one set of marks, whatever the paper.
        var places = FormDefinitions.Versions.SelectMany(form => form.Pages)
            .Select(page => string.Join(' ', page.Items.Where(item => item.Type == FormItemType.Registration).Select(item => item.Box)));
        Assert.Single(places.Distinct());
    }

    [Fact]
    public void A_field_means_the_same_wherever_it_is_asked()
    {
        var items = FormDefinitions.Versions.SelectMany(form => form.Pages).SelectMany(page => page.Items);
        Assert.All(items.GroupBy(item => item.Field.Name), field => Assert.Single(field.Select(item => item.Field).Distinct()));
        Assert.All(FormDefinitions.Fields.Values.Where(field => field.IsMeasured), field => Assert.NotNull(field.Rule));
        Assert.All(items.Where(item => item.Type == FormItemType.Mark), item => Assert.Equal(FieldAnswer.Mark, item.Field.Answer));
    }

    private static bool Overlap(Box a, Box b) =>
        a.XMm < b.RightMm && b.XMm < a.RightMm && a.YMm < b.BottomMm && b.YMm < a.BottomMm;
}
