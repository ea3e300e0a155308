using MyNumber.Batch.Notices;
using MyNumber.Batch.Privacy;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Printing;

/// <summary>One piece with all that it prints, as of a business date.</summary>
/// <param name="Product">FORMATS.md, Products.</param>
/// <param name="ContentKey">Orders pieces of one postal code: subject, occasion, generation. Never an order of arrival.</param>
/// <param name="MunicipalityCode">On whose behalf it goes out now.</param>
/// <param name="Enclosures">Names joined by `+`, as the manifest has them.</param>
public sealed record BuiltPiece(
    string PieceId, string Product, string ContentKey, string MunicipalityCode, string Enclosures, PieceData Data)
{
    /// <summary>Why it may not be printed whatever it says; null where nothing speaks against it.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// Turns rows into <see cref="PieceData"/>: the register and the deadlines of the business date, as the piece's product
/// says. Who is in an envelope and where it goes (R43), <see cref="Envelopes"/> says.
/// </summary>
public sealed class PieceBuilder(NightServices services)
{
    private readonly NumberVault _numbers = services.Numbers;

    /// <summary>Builds one piece.</summary>
    internal BuiltPiece Build(PieceRow row, DateOnly day)
    {
        var (product, own, persons) = (services.Products.Get(row.Product), row.Addressee, row.Persons);
        var document = product.DocumentOf(row);
        var envelopes = Envelopes.Of(persons.Select(person => person.Person.Mail));
        var to = envelopes.Count == 0 ? Envelopes.To(own.Mail) : envelopes[0].To;
        var outside = new PieceData
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
            ApplicationSite = services.Policy.ApplicationSite,
        };
        // A page never shows one of another envelope; the piece is split, or stopped, before it could.
        var together = persons.Where(person => envelopes[0].People.Contains(person.Person.Mail)).ToList();
        var data = product.Build(new PieceDraft(row, outside, together, day, services.Policy, _numbers));
        return new(
            data.PieceId, product.Name, ContentKey(row), row.MunicipalityCode, product.EnclosuresOf(document), data)
        {
            Problem = envelopes.Count > 1 ? OpenEnvelopes.HouseholdChanged : null,
        };
    }

    /// <summary>A piece of which nothing is known but what it stands for: it is out already, and cannot be built any more.</summary>
    internal BuiltPiece Bare(PieceRow row)
    {
        var product = services.Products.Get(row.Product);
        var document = product.DocumentOf(row);
        return new(
            row.PieceId, row.Product, ContentKey(row), row.MunicipalityCode, product.EnclosuresOf(document),
            new PieceData { Document = document, PieceId = row.PieceId, RegisteredNumber = row.RegisteredNumber });
    }

    // The seal numbers pieces by subject, occasion, generation. A sign that sorts before all others keeps that order where
    // one subject begins like another (H1, H10): else manifest and pages would differ.
    private static string ContentKey(PieceRow row) => $"{row.Subject}\0{row.Occasion}\0{row.Generation:D6}";
}
