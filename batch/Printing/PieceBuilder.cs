using MyNumber.Batch.Calendar;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Privacy;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Printing;

/// <summary>One piece with all that it prints, as of a business date.</summary>
/// <param name="PieceId">Its id.</param>
/// <param name="Product">FORMATS.md, Products.</param>
/// <param name="ContentKey">Orders pieces of one postal code: subject, occasion, generation. Never an order of arrival.</param>
/// <param name="MunicipalityCode">On whose behalf it goes out now.</param>
/// <param name="Enclosures">Names joined by `+`, as the manifest has them.</param>
/// <param name="Data">What is printed.</param>
public sealed record BuiltPiece(
    string PieceId, string Product, string ContentKey, string MunicipalityCode, string Enclosures, PieceData Data)
{
    /// <summary>Why it may not be printed whatever it says; null where nothing speaks against it.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// Turns rows into <see cref="PieceData"/>: the register and the deadlines of the business date, the sentences of R52. Who
/// is in an envelope and where it goes (R43), <see cref="Envelopes"/> says. Individual Numbers are decrypted for the
/// Individual Number Notice alone.
/// </summary>
public sealed class PieceBuilder(Policy policy, NumberVault numbers)
{
    /// <summary>Builds one piece.</summary>
    internal BuiltPiece Build(PieceRow row, DateOnly day)
    {
        var (product, document, own, persons) = (row.Product, row.Document, row.Addressee, row.Persons);
        var envelopes = Envelopes.Of(persons.Select(person => person.Person.Mail));
        var to = envelopes.Count == 0 ? Envelopes.To(own.Mail) : envelopes[0].To;
        // A page never shows one of another envelope; the piece is split, or stopped, before it could.
        var together = persons.Where(person => envelopes[0].People.Contains(person.Person.Mail)).ToList();
        var data = new PieceData
        {
            Document = document,
            PieceId = row.PieceId,
            ToName = to.Name,
            ToPostalCode = to.PostalCode,
            ToAddress = to.Address,
            MunicipalityName = row.MunicipalityName,
            Prefecture = row.Prefecture,
            PrintedOn = day,
            ApplicationId = row.ApplicationId,
            ApplicationSite = policy.ApplicationSite,
        };
        data = product switch
        {
            NumberNotices.Product => data with
            {
                HouseholdHead = to.Name,
                Persons = [.. together.Select(person => person.Person.ToPrint(person.ApplicationId, day, numbers))],
                RegisteredNumber = row.RegisteredNumber,
                ReturnEnvelopeValidUntil = policy.ReturnEnvelopeValidUntil,
                ApplicationId = null,
            },
            IssuanceNotices.Product => Pickup(WithPerson(data, own, day), row, day),
            _ => WithPerson(data, own, day) with
            {
                Kind = row.FormKind,
                IssuedOn = day,
                ReturnEnvelopeValidUntil = policy.ReturnEnvelopeValidUntil,
                CardValidUntil = row.CardValidUntil,
                SignatureCertificateUntil = row.SignatureCertificateUntil,
                UserCertificateUntil = row.UserCertificateUntil,
                OriginalMark = product == IncompleteNotices.Product ? row.Subject : null,
                Errors = product == IncompleteNotices.Product ? Errors(row.Errors) : null,
            },
        };
        return new(data.PieceId, product, ContentKey(row), row.MunicipalityCode, EnclosuresOf(document), data)
        {
            Problem = envelopes.Count > 1 ? OpenEnvelopes.HouseholdChanged : null,
        };
    }

    /// <summary>A piece of which nothing is known but what it stands for: it is out already, and cannot be built any more.</summary>
    internal static BuiltPiece Bare(PieceRow row) => new(
        row.PieceId, row.Product, ContentKey(row), row.MunicipalityCode, EnclosuresOf(row.Document),
        new PieceData { Document = row.Document, PieceId = row.PieceId, RegisteredNumber = row.RegisteredNumber });

    // The seal numbers pieces by subject, occasion, generation. A sign that sorts before all others keeps that order where
    // one subject begins like another (H1, H10): else manifest and pages would differ.
    private static string ContentKey(PieceRow row) => $"{row.Subject}\0{row.Occasion}\0{row.Generation:D6}";

    private static PieceData WithPerson(PieceData data, PiecePersonRow person, DateOnly day) => data with
    {
        Name = person.Mail.Name,
        NameKana = person.NameKana,
        AlternativeLetters = person.AlternativeLetters,
        BirthDate = person.BirthDate,
        Sex = person.Sex,
        PostalCode = person.Mail.PostalCode,
        Address = person.Mail.Address,
        StayUntil = person.StayUntil,
        Under15OrWard = person.AdultWard || Age.On(person.BirthDate, day) < 15,
    };

    // R44, R45. First notice and reminder: storage counted from the business date of the drop. Asked for again: the same
    // deadline, that of a reminder on its way too. Never before a day that an extension, or an earlier notice, has named.
    private static PieceData Pickup(PieceData data, PieceRow row, DateOnly day)
    {
        var (named, extended) = (row.NamedDeadline, row.ExtendedUntil);
        var counted = CivilMonths.LastDay(day, row.StorageMonths);
        var again = row.Occasion is not ("first" or "reminder") && named is not null;
        var deadline = Later(again ? named!.Value : Later(counted, named), extended);
        var earliest = day.AddDays(row.EarliestPickupDays);
        return data with
        {
            PickupPlace = row.PickupPlace,
            PickupAddress = row.PickupAddress,
            PickupPhone = row.PickupPhone,
            Earliest = earliest < deadline ? earliest : deadline,
            Deadline = deadline,
            Reminder = row.Occasion == "reminder",
            CardValidUntil = row.CardValidUntil,
        };
    }

    private static string EnclosuresOf(string document) => document switch
    {
        "validity-notice-card" or "application-form" => "form+return-envelope",
        "validity-notice-certificates" => "reply-sheet+reply-envelope",
        "validity-notice-both" => "form+return-envelope+reply-sheet+reply-envelope",
        // The form of an incomplete notice is the applicant's original, by the pull list (R50).
        "incomplete-notice" or "individual-number-notice" => "form+return-envelope+notice",
        _ => "",
    };

    private static List<PieceError> Errors(IReadOnlyList<string> errors) =>
        [.. errors.Select(error => new PieceError(error[..error.IndexOf('/', StringComparison.Ordinal)], ErrorTexts.Of(error).Japanese))];

    private static DateOnly Later(DateOnly a, DateOnly? b) => b > a ? b.Value : a;
}
