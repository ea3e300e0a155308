using MyNumber.Batch.Reading;
using MyNumber.Templates.Forms;

namespace MyNumber.Tests.Unit.Reading;

/// <summary>The floors in the code are those of the last table that `bench floors` wrote.</summary>
public sealed class DigitFloorsTests
{
    [Theory]
    [InlineData("Date", DigitFloors.Date)]
    [InlineData("Number", DigitFloors.Number)]
    [InlineData("Phone", DigitFloors.Phone)]
    public void The_floor_is_the_one_that_was_chosen(string field, int floor)
    {
        var row = Sources.Read("batch/Reading/Models/digits-floors.md").Split('\n')
            .Single(line => line.StartsWith($"| {field} |", StringComparison.Ordinal));

        Assert.Equal($"{floor}", row.Split('|')[3].Trim());
    }

    [Theory]
    [InlineData("individual_number", DigitFloors.Number)]
    [InlineData("phone", DigitFloors.Phone)]
    [InlineData("representative_phone", DigitFloors.Phone)]
    [InlineData("birth_date_day", DigitFloors.Date)]
    [InlineData("application_date_era", DigitFloors.Date)]
    public void Each_row_of_cells_has_the_floor_of_its_kind(string item, int floor) => Assert.Equal(
        floor,
        DigitFloors.Of(FormDefinitions.All.SelectMany(form => form.Pages).Select(page => page.Find(item)).First(
            found => found is not null)!.Field));
}
