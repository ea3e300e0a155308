using Npgsql;

namespace MyNumber.Batch.Notices;

/// <summary>A person as the register of the day has them, as far as mail needs it.</summary>
/// <param name="HouseholdHead">The head's name.</param>
/// <param name="Name">As on the register.</param>
/// <param name="PostalCode">Of the register address.</param>
/// <param name="Address">The register address.</param>
/// <param name="DeliveryPostalCode">Of the delivery address; null where none is registered.</param>
/// <param name="DeliveryAddress">R43; null where none is registered.</param>
public sealed record Recipient(
    string ResidentId, string MunicipalityCode, string HouseholdId, string HouseholdHead, string Name, string PostalCode,
    string Address, string? DeliveryPostalCode, string? DeliveryAddress)
{
    /// <summary>The columns of `resident` that <see cref="Read"/> takes.</summary>
    internal const string Columns = """
        resident.resident_id, resident.municipality_code, resident.household_id, resident.household_head, resident.name,
          resident.postal_code, resident.address, resident.delivery_postal_code, resident.delivery_address
        """;

    /// <summary>How many they are.</summary>
    internal const int ColumnCount = 9;

    internal static Recipient Read(NpgsqlDataReader row, int at) => new(
        row.GetString(at), row.GetString(at + 1), row.GetString(at + 2), row.GetString(at + 3), row.GetString(at + 4),
        row.GetString(at + 5), row.GetString(at + 6), row.IsDBNull(at + 7) ? null : row.GetString(at + 7),
        row.IsDBNull(at + 8) ? null : row.GetString(at + 8));
}

/// <summary>What stands on the outside of a piece.</summary>
/// <param name="Name">To whom.</param>
/// <param name="PostalCode">From the same source as the address.</param>
public sealed record Outside(string Name, string? PostalCode, string Address);

/// <summary>One envelope of a household's notices.</summary>
/// <param name="HouseholdId">The household whose head it goes to; null for a person's own one (R43).</param>
/// <param name="MunicipalityCode">On whose behalf it goes out.</param>
/// <param name="To">The outside.</param>
/// <param name="People">Who is in it, by id.</param>
public sealed record Envelope(string? HouseholdId, string MunicipalityCode, Outside To, IReadOnlyList<Recipient> People);

/// <summary>
/// The one answer to who is in an envelope and where it goes (R43, R80), from the register of the day. It is asked when a
/// piece is wanted, frozen, reprinted and sealed; no answer of an earlier day is kept.
/// </summary>
public static class Envelopes
{
    /// <summary>R80: persons in one envelope.</summary>
    public const int PersonsMax = 12;

    /// <summary>The outside of a person's own piece: the delivery address alone where one is registered (R43).</summary>
    public static Outside To(Recipient person)
    {
        ArgumentNullException.ThrowIfNull(person);
        return person.DeliveryAddress is { } delivery
            ? new(person.Name, person.DeliveryPostalCode, delivery)
            : new(person.Name, person.PostalCode, person.Address);
    }

    /// <summary>
    /// The envelopes of these people, households first: whoever has a delivery address gets an own one; the others share
    /// one where they are registered in one household, under one head, at one address.
    /// </summary>
    public static IReadOnlyList<Envelope> Of(IEnumerable<Recipient> people)
    {
        var all = people.OrderBy(person => person.ResidentId, StringComparer.Ordinal).ToList();
        var own = all.Where(person => person.DeliveryAddress is not null)
            .Select(person => new Envelope(null, person.MunicipalityCode, To(person), [person]));
        return
        [
            .. all.Where(person => person.DeliveryAddress is null)
                .GroupBy(person => (
                    person.HouseholdId, person.MunicipalityCode, person.HouseholdHead, person.PostalCode, person.Address))
                .SelectMany(home => home.Chunk(PersonsMax).Select(some => new Envelope(
                    home.Key.HouseholdId, home.Key.MunicipalityCode,
                    new(home.Key.HouseholdHead, home.Key.PostalCode, home.Key.Address), some)))
                .OrderBy(envelope => envelope.HouseholdId, StringComparer.Ordinal)
                .ThenBy(envelope => envelope.People[0].ResidentId, StringComparer.Ordinal),
            .. own,
        ];
    }

    /// <summary>
    /// The envelope with which a piece goes on where its people do not share one any more: that of the household or person
    /// it stands for, else the first. The others become pieces of their own.
    /// </summary>
    public static Envelope Staying(IReadOnlyList<Envelope> envelopes, string subject)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        return envelopes.FirstOrDefault(envelope => envelope.HouseholdId == subject)
            ?? envelopes.FirstOrDefault(envelope => envelope.People.Any(person => person.ResidentId == subject))
            ?? envelopes[0];
    }
}
