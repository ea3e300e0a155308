using MyNumber.Batch.Notices;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>R43, R80: who shares an envelope, and where it goes.</summary>
public sealed class EnvelopesTests
{
    private static readonly Recipient Anyone =
        new("1", "131016", "H", "戸主　一郎", "山田　花子", "1000001", "東京都千代田区千代田　１－１", null, null);

    [Fact]
    public void R43_who_has_a_delivery_address_is_alone_and_written_to_by_name()
    {
        var wife = Anyone with { ResidentId = "2", DeliveryPostalCode = "5300005", DeliveryAddress = "大阪府大阪市北区中之島　９－９" };
        var child = wife with { ResidentId = "3", Name = "山田　小花" };
        var envelopes = Envelopes.Of([child, Anyone, wife]);
        Assert.Equal(["1", "2", "3"], envelopes.Select(envelope => string.Join('+', envelope.People.Select(person => person.ResidentId))));
        Assert.Equal(new Outside("戸主　一郎", "1000001", "東京都千代田区千代田　１－１"), envelopes[0].To);
        // Not even mother and child at one delivery address share one.
        Assert.Equal(new Outside("山田　花子", "5300005", "大阪府大阪市北区中之島　９－９"), envelopes[1].To);
        Assert.Equal("山田　小花", envelopes[2].To.Name);
    }

    [Fact]
    public void R43_a_delivery_address_without_a_code_never_takes_the_registers() =>
        Assert.Equal(
            new Outside("山田　花子", null, "大阪府"), Envelopes.To(Anyone with { DeliveryAddress = "大阪府" }));

    public static TheoryData<Recipient> Others =>
    [
        Anyone with { ResidentId = "2", Address = "東京都千代田区千代田　１－２" },
        Anyone with { ResidentId = "2", PostalCode = "1000002" },
        Anyone with { ResidentId = "2", MunicipalityCode = "271004" },
        Anyone with { ResidentId = "2", HouseholdId = "H2" },
        Anyone with { ResidentId = "2", HouseholdHead = "戸主　二郎" },
    ];

    [Theory]
    [MemberData(nameof(Others))]
    public void R80_another_household_head_or_address_is_another_envelope(Recipient other)
    {
        Assert.Equal(2, Envelopes.Of([Anyone, other]).Count);
        Assert.Single(Envelopes.Of([Anyone, Anyone with { ResidentId = "2", Name = "山田　次郎" }]));
    }

    [Fact]
    public void R80_thirteen_persons_are_twelve_and_one()
    {
        var people = Enumerable.Range(1, 13).Select(n => Anyone with { ResidentId = $"{n:D2}" }).ToList();
        Assert.Equal([12, 1], Envelopes.Of(people).Select(envelope => envelope.People.Count));
        Assert.Single(Envelopes.Of(people.Take(12)));
    }

    [Fact]
    public void R43_a_piece_goes_on_with_its_household_then_with_its_person_then_with_the_first()
    {
        var moved = Anyone with { ResidentId = "0", HouseholdId = "G" };
        var envelopes = Envelopes.Of([Anyone, moved]);
        Assert.Equal("1", Envelopes.Staying(envelopes, "H").People[0].ResidentId);
        Assert.Equal("1", Envelopes.Staying(envelopes, "1").People[0].ResidentId);
        Assert.Equal("0", Envelopes.Staying(envelopes, "X").People[0].ResidentId);
    }
}
