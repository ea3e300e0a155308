using MyNumber.Batch.Feeds;
using MyNumber.Batch.Register;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>What a register feed may say, value by value: null is taken, a code refuses the whole feed.</summary>
public sealed class RegisterColumnTests
{
    [Theory]
    [InlineData("storage_months", "2", "too-small")]      // R45: longer, never shorter.
    [InlineData("storage_months", "3", null)]
    [InlineData("storage_months", "120", null)]
    [InlineData("storage_months", "", "not-an-integer")]
    [InlineData("storage_months", "-3", "not-an-integer")]
    [InlineData("storage_months", "3.5", "not-an-integer")]
    [InlineData("pickup_place", "", null)]                // R41: not known yet, the notices wait.
    [InlineData("pickup_address", "", null)]
    [InlineData("pickup_phone", "", null)]
    [InlineData("earliest_pickup_days", "0", null)]
    [InlineData("earliest_pickup_days", "-1", "not-an-integer")]
    [InlineData("reminder_after_days", "", null)]         // R44: never.
    [InlineData("reminder_after_days", "0", "too-small")] // On the day of posting nobody needs reminding.
    [InlineData("reminder_after_days", "60", null)]
    [InlineData("notice_in_envelope", "yes", "not-0-or-1")]
    [InlineData("notice_in_envelope", "", "not-0-or-1")]
    [InlineData("name", "　", "empty")]
    public void R45_a_municipality_says_how_long_it_stores_and_how_it_writes(string column, string value, string? fault) =>
        Assert.Equal(fault, Fault(RegisterFeed.MunicipalityColumns, column, value));

    [Theory]
    [InlineData("individual_number", "123456789018", null)]
    [InlineData("individual_number", "123456789017", "check-digit")] // R07.
    [InlineData("individual_number", "12345678901", "not-12-digits")]
    [InlineData("individual_number", "１２３４５６７８９０１８", "not-12-digits")]
    [InlineData("birth_date", "2024-02-29", null)]
    [InlineData("birth_date", "2026-02-29", "not-a-date")]
    [InlineData("birth_date", "2026-2-1", "not-a-date")]
    [InlineData("birth_date", "", "not-a-date")]
    [InlineData("left_reason", "moved", "not-one-of-these")] // A move is a changed municipality (R36).
    [InlineData("left_reason", "died", null)]
    [InlineData("left_on", "", null)]
    [InlineData("stay_until", "", null)]                     // No date: Japanese or a permanent resident (R40).
    [InlineData("sex", "", null)]
    [InlineData("sex", "1", "not-one-of-these")]
    [InlineData("name", "【名空欄】", null)]                   // R99: a placeholder is the register's to give.
    [InlineData("name", "a\u0000b", "control-character")]
    [InlineData("postal_code", "110-0015", null)]
    [InlineData("postal_code", "110-015", "not-7-digits")]
    [InlineData("postal_code", "", null)]                    // The piece is withheld, the other rows are taken.
    [InlineData("postal_code", "〒　　－", null)]
    [InlineData("delivery_postal_code", "〒１１０－００１５", null)]
    [InlineData("delivery_postal_code", "11-00015", "not-7-digits")]
    [InlineData("delivery_address", "", null)]
    [InlineData("number_assigned_on", "", null)]             // R80: then no notice.
    public void R09_a_resident_is_said_as_the_register_has_it(string column, string value, string? fault) =>
        Assert.Equal(fault, Fault(RegisterFeed.ResidentColumns, column, value));

    [Theory]
    [InlineData("00000000000000000000001", null)]            // R01: leading zeros and all.
    [InlineData("0000000000000000000001", "not-23-digits")]
    [InlineData("000000000000000000000001", "not-23-digits")]
    [InlineData("0000000000000000000000Ａ", "not-23-digits")]
    [InlineData("+0000000000000000000001", "not-23-digits")]
    public void R01_an_Application_ID_is_23_digits(string value, string? fault) =>
        Assert.Equal(fault, Fault(RegisterFeed.FormColumns, "application_id", value));

    private static string? Fault(IReadOnlyList<FeedColumn> columns, string column, string value) =>
        Assert.Single(columns, one => one.Name == column).Class.Fault(value);
}
