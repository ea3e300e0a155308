using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>
/// Individual Number Notice (個人番号通知書): one envelope a household, a mount to the head, then for each new person
/// the notice and an application form (R80).
/// </summary>
internal static class IndividualNumberNotice
{
    private const double TableTopMm = 80, RowMm = 16, LabelMm = 38;

    /// <summary>Mount, and two sheets for each person.</summary>
    public static IEnumerable<Page> Pages(PieceData piece, IReadOnlyList<PiecePerson> persons, string site)
    {
        foreach (var page in AddressMount.Pages(piece, "個人番号通知書在中", "個人番号通知書、個人番号カード交付申請書、返信用封筒"))
        {
            yield return page;
        }

        foreach (var person in persons)
        {
            yield return Letter.Page("individual-number-notice", Front, canvas => Person(canvas, piece, person));
            yield return Letter.Page("individual-number-notice-back", Back, Page.Nothing);
            foreach (var page in ApplicationForms.Pages(
                "application-form", person with { IssuedOn = person.IssuedOn ?? piece.PrintedOn }, piece.MunicipalityName, site))
            {
                yield return page;
            }
        }
    }

    private static void Front(Canvas canvas)
    {
        canvas.Text(new TextStyle(Typeface.Gothic, 20), 105, 44, "個 人 番 号 通 知 書", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 62, ["　あなたの個人番号（マイナンバー）をお知らせします。"]);
        Letter.Table(canvas, TableTopMm, RowMm, LabelMm, "個人番号", "氏名", "生年月日");
        Letter.Paragraphs(canvas, Letter.Body, 152,
        [
            "・この通知書は、個人番号を証明する書類や本人確認の書類としては使えません。再発行はされませんので、大切に保管してください。",
            "・個人番号は、法律で定められた手続き以外で他人に知らせないでください。",
            "・個人番号を証明する書類が必要なときは、個人番号カード、または個人番号の記載のある住民票の写しをお使いください。",
            "・同封の申請書で、個人番号カードを申請できます。スマートフォンでは申請書のQRコードから申請できます。",
        ]);
    }

    private static void Person(Canvas canvas, PieceData piece, PiecePerson person)
    {
        var number = person.IndividualNumber is { Length: 12 } digits ? $"{digits[..4]} {digits[4..8]} {digits[8..]}" : "";
        Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, 0, number, 20);
        Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, 1, person.Name, 18);
        Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, 2, person.BirthDate is { } birth ? Wording.Both(birth) : "", 14);
        if (piece.PrintedOn is { } day)
        {
            canvas.Text(Letter.Body, Letter.RightMm, 24, Wording.Era(day), Align.Right);
        }

        canvas.Fit(Typeface.Mincho, new Box(110, 134, 80, 8), Letter.Sender(piece), 13, 8, Align.Right);
    }

    private static void Back(Canvas canvas)
    {
        canvas.Text(Letter.Title, 105, 30, "About Your Individual Number", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 46,
        [
            "This notice tells you your Individual Number (My Number). It is neither an identity document nor a proof of the number, "
            + "and it is never issued again. Please keep it in a safe place.",
            "Do not tell your Individual Number to others, except for procedures provided for by law.",
            "With the enclosed form you can apply for an Individual Number Card, by mail or by smartphone with its QR code.",
        ]);
    }
}
