using MyNumber.Templates.Codes;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Letters;

namespace MyNumber.Templates.Documents;

/// <summary>What a piece of mail must have, so that no sheet goes out with an empty place where a fact belongs.</summary>
internal static class PieceRequirements
{
    /// <summary>Null where all is there, else the reason why the piece is withheld.</summary>
    public static string? Problem(PieceData piece)
    {
        var (to, document) = (Addressee.Of(piece), DocumentList.Get(piece.Document));
        // A document rendered for itself may be blank: only what is posted must be whole.
        var isMail = piece.PieceId.Length > 0;
        if (isMail && (piece.PieceId.Length != PieceMark.IdLength || Facts.IsEmpty(to.Name)
            || Facts.IsEmpty(to.Address) || !HasFacts(piece, document)))
        {
            return PieceDocuments.MissingData;
        }

        if (NamesAndAddresses(piece, to, document).Any(Placeholders.In))
        {
            return PieceDocuments.Placeholder;
        }

        return PostalCode.IsNormal(to.PostalCode) || !NeedsPostalCode(piece, to, document) ? null : PieceDocuments.MissingPostalCode;
    }

    // R96: on every piece; and wherever an address is printed to be posted to.
    private static bool NeedsPostalCode(PieceData piece, Addressee to, Document document) =>
        piece.PieceId.Length > 0 || (!document.IsForm && !Facts.IsEmpty(to.Address));

    private static IEnumerable<string?> NamesAndAddresses(PieceData piece, Addressee to, Document document)
    {
        if (piece.PieceId.Length > 0 || !document.IsForm)
        {
            yield return to.Name;
            yield return to.Address;
        }

        // A form that is masked on purpose prints neither (R08); one that is filled in by hand has no printed name.
        if (document.IsForm && FormDefinitions.Get(piece.Document).Pages[0].Find("name")!.Type != FormItemType.Printed)
        {
            yield break;
        }

        foreach (var person in Composition.Persons(piece).Where(person => !person.Masked))
        {
            yield return person.Name;
            yield return person.Address;
        }
    }

    private static bool HasFacts(PieceData piece, Document document) =>
        document.IsBlank || (!Facts.IsEmpty(piece.MunicipalityName) && document.HasFacts(piece));
}
