using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Letters;

/// <summary>
/// Individual Number Notice (個人番号通知書): one envelope a household, a mount to the head, then for each new person
/// the notice and an application form (R80).
/// </summary>
public static class IndividualNumberNotice
{
    /// <summary>The envelope.</summary>
    public const string Name = "individual-number-notice";

    /// <summary>Mount, and a notice and a form for each person.</summary>
    public static Document Document { get; } = new(Name, Pages, Example)
    {
        CarriesIds = true,
        HasFacts = piece => Composition.Persons(piece).All(person => !Facts.IsEmpty(person.Name)
            && person.IndividualNumber is { Length: 12 } && Facts.IsApplicationId(person.ApplicationId)),
    };

    /// <summary>Sheets of an envelope with so many persons in it.</summary>
    public static int SheetsOf(int persons) => 1 + (2 * persons);

    private const double TableTopMm = 80, RowMm = 18, LabelMm = 38;

    private static PieceData Example(string document) => Examples.Mailed(document) with
    {
        HouseholdHead = "山田　太郎",
        ApplicationId = null,
        RegisteredNumber = "31360000005",
        Persons =
        [
            Child("山田　さくら", "ヤマダ　サクラ", "F", "123456789018", "00000000000000000000002"),
            Child("山田　健太", "ヤマダ　ケンタ", "M", "210987654320", "00000000000000000000003"),
        ],
    };

    private static PiecePerson Child(string name, string kana, string sex, string number, string applicationId) => new()
    {
        Name = name,
        NameKana = kana,
        BirthDate = new DateOnly(2026, 10, 30),
        Sex = sex,
        PostalCode = "1100016",
        Address = "東京都台東区台東　１丁目２番３－４０５号　上野ハイツ",
        IndividualNumber = number,
        ApplicationId = applicationId,
        IssuedOn = Examples.PrintedOn,
    };

    private static IEnumerable<Page> Pages(PieceData piece)
    {
        foreach (var page in AddressMount.Pages(
            piece, "個人番号通知書在中", "個人番号通知書（1名に1枚）", "個人番号カード交付申請書（1名に1枚）", "返信用封筒"))
        {
            yield return page;
        }

        foreach (var person in Composition.Persons(piece))
        {
            yield return Letter.Page(Name, Front, canvas => Person(canvas, piece, person));
            yield return Letter.Page($"{Name}-back", Back, Page.Nothing);
            foreach (var page in ApplicationForms.Pages(
                FormKinds.Application, person with { IssuedOn = person.IssuedOn ?? piece.PrintedOn }, piece.MunicipalityName,
                Composition.Site(piece)))
            {
                yield return page;
            }
        }
    }

    private static void Front(Canvas canvas)
    {
        canvas.Text(new TextStyle(Typeface.Bold, 22), 105, 46, "個 人 番 号 通 知 書", Align.Centre);
        canvas.Text(Letter.Note, 105, 53, "Individual Number Notice", Align.Centre);
        canvas.Line(Letter.LeftMm, 57, Letter.RightMm, 57, 0.5);
        Letter.Paragraphs(canvas, Letter.Body, 68, ["　あなたの個人番号（マイナンバー）を、次のとおりお知らせします。"]);
        Letter.Table(canvas, TableTopMm, RowMm, LabelMm, "個人番号", "氏名", "生年月日");
        var y = Letter.Section(canvas, 158, "この通知書について",
            "・再発行はされません。大切に保管してください。",
            "・個人番号を証明する書類や、本人確認の書類としては使えません。証明が必要なときは、個人番号カード、または個人番号の"
            + "記載のある住民票の写しをお使いください。",
            "・氏名や生年月日に誤りがあるときは、住所地の市区町村にご連絡ください。");
        y = Letter.Section(canvas, y + 2, "個人番号について",
            "・法律で定められた手続き以外で、ほかの人に知らせないでください。",
            "・引っ越しや結婚をしても変わりません。");
        Letter.Section(canvas, y + 2, "個人番号カードについて",
            "・同封の申請書で申請できます。スマートフォンでは、申請書のQRコードから申請できます。手数料はかかりません。");
        Letter.Foot(canvas, "This notice tells you your Individual Number (My Number). It is never issued again. See the back for more.");
    }

    private static void Person(Canvas canvas, PieceData piece, PiecePerson person)
    {
        var number = person.IndividualNumber is { Length: 12 } digits ? $"{digits[..4]} {digits[4..8]} {digits[8..]}" : "";
        Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, 0, number, 24);
        Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, 1, person.Name, 18);
        Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, 2, person.BirthDate is { } birth ? Wording.Both(birth) : "", 14);
        if (piece.PrintedOn is { } day)
        {
            canvas.Text(Letter.Official, Letter.RightMm, 24, Wording.Era(day), Align.Right);
        }

        canvas.Fit(Typeface.Mincho, new Box(110, 139, 80, 8), Letter.Sender(piece), 14, 8, Align.Right);
    }

    private static void Back(Canvas canvas)
    {
        var y = Letter.Heads(canvas, 28, "About Your Individual Number", "個人番号について（英語）");
        y = Letter.Section(canvas, Letter.Large, y + 2, "About this notice",
            "・This notice tells you your Individual Number (My Number), on behalf of the mayor of your municipality.",
            "・It is never issued again. Please keep it in a safe place.",
            "・It is neither an identity document nor a proof of the number. Where you need a proof, use your Individual Number Card, or a "
            + "copy of your certificate of residence that shows the number.",
            "・If your name or date of birth is wrong, tell your municipal office.");
        y = Letter.Section(canvas, Letter.Large, y + 2, "About the number",
            "・Do not tell it to others, except for procedures provided for by law.",
            "・It stays the same when you move.");
        Letter.Section(canvas, Letter.Large, y + 2, "Individual Number Card",
            "・With the enclosed form you can apply for a card, free of charge: by mail, at a photo booth, or by smartphone with the QR code.");
    }
}
