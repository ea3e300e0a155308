using MyNumber.Templates.Documents;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Letters;

/// <summary>
/// The address mount (宛名台紙): the first sheet of an envelope, with the address behind the window and the Application
/// ID that the resident keeps. The back says how to apply.
/// </summary>
internal static class AddressMount
{
    /// <summary>The mount of a form, for itself.</summary>
    public static Document Document { get; } = new("address-mount", OfForm, Examples.Mailed);

    private const int PersonsMax = 12;
    private const double HouseholdTopMm = 200;

    /// <summary>The mount in front of a form that is a piece of mail.</summary>
    public static IEnumerable<Page> OfForm(PieceData piece) =>
        Pages(piece, "個人番号カード交付申請書在中", "個人番号カード交付申請書", "返信用封筒");

    /// <summary>Front and back; <paramref name="contents"/> is what else lies in the envelope.</summary>
    public static IEnumerable<Page> Pages(PieceData piece, string title, params string[] contents)
    {
        yield return Letter.Page($"mount-{title}", canvas => Front(canvas, title, contents), canvas => Person(canvas, piece));
        yield return Letter.Page("mount-back", Back, Page.Nothing);
    }

    private static void Front(Canvas canvas, string title, string[] contents)
    {
        Letter.DoNotForward(canvas);
        var y = Letter.Heads(canvas, 82, title, "Address Mount: please keep this sheet");
        y = Letter.Section(canvas, y + 2, "この封筒に入っているもの",
            [.. contents.Select(item => $"□　{item}"), "　足りないものがあるときは、住所地の市区町村にご連絡ください。"]);
        Letter.Section(canvas, y + 2, "申請書IDについて",
            "・申請書ID（23桁の数字）は、この宛名台紙と同封の申請書とで同じです。違うときは申請せずに、ご連絡ください。",
            "・申請書IDと生年月日で、申請の状況を確かめられます（受付の2、3日後から6か月間）。",
            "・交付通知書が届くまで、この宛名台紙を大切に保管してください。");
        Letter.Foot(canvas,
            "With the enclosed form you can apply for an Individual Number Card: by smartphone with its QR code, at a photo booth, or by "
            + "mail. Keep this sheet: with its Application ID and your date of birth you can ask how your application stands.");
    }

    private static void Person(Canvas canvas, PieceData piece)
    {
        Letter.Head(canvas, piece);
        if (piece.RegisteredNumber is { Length: 11 } number)
        {
            canvas.Text(Letter.Heading, 190, 46, $"簡易書留　{number[..3]}-{number[3..5]}-{number[5..10]}-{number[10..]}", Align.Right);
        }

        if (piece.Persons is not { Count: > 0 } persons)
        {
            IdOf(canvas, piece.ApplicationId);
            return;
        }

        if (persons.Count == 1)
        {
            IdOf(canvas, persons[0].ApplicationId ?? piece.ApplicationId);
        }
        else
        {
            Household(canvas, persons);
        }
    }

    private static void IdOf(Canvas canvas, string? id)
    {
        if (!string.IsNullOrEmpty(id))
        {
            Letter.ApplicationIdFrame(canvas);
            Letter.ApplicationIdText(canvas, id);
        }
    }

    // Several persons, several IDs: each with its number in the order of the sheets, without names, in two columns.
    private static void Household(Canvas canvas, IReadOnlyList<PiecePerson> persons)
    {
        if (persons.Count > PersonsMax)
        {
            canvas.Refuse(Canvas.DoesNotFit);
            return;
        }

        Letter.Headed(canvas, HouseholdTopMm, $"申請書ID（{persons.Count}名分、同封の順）");
        for (var i = 0; i < persons.Count; i++)
        {
            canvas.Text(new TextStyle(Typeface.Gothic, 12), Letter.LeftMm + 4 + (i % 2 * 84), HouseholdTopMm + 9 + (i / 2 * 8),
                $"{i + 1}　{persons[i].ApplicationId}");
        }
    }

    private static void Back(Canvas canvas)
    {
        var y = Letter.Heads(canvas, 28, "個人番号カードの申請方法", "How to Apply for an Individual Number Card");
        foreach (var (heading, lines) in Ways)
        {
            y = Letter.Section(canvas, Letter.Large, y, heading, lines);
        }

        Letter.Section(canvas, y, "In English",
            "・By smartphone or computer: scan the QR code on the form, or type in the Application ID, and send a digital photograph (JPEG).",
            "・At a photo booth that takes applications: scan the QR code there.",
            "・By mail: check the printed data, write name, date and telephone number, paste a photograph (4.5 cm × 3.5 cm, taken within six "
            + "months, from the front, no hat, plain background; your name and date of birth on its back), and use the return envelope.");
    }

    private static readonly (string Heading, string[] Lines)[] Ways =
    [
        ("1　スマートフォンまたはパソコンで",
        [
            "・申請書のQRコードを読み取るか、申請書IDを入力して、申請用サイトから申請します。",
            "・顔写真は、デジタルカメラかスマートフォンで撮影したもの（JPEG）を送ります。白黒でもかまいません。",
        ]),
        ("2　まちなかの証明写真機で",
        [
            "・対応している証明写真機に申請書のQRコードを読み取らせ、その場で撮影した写真で申請します。",
        ]),
        ("3　郵便で",
        [
            "・申請書の印字内容を確かめ、申請者氏名、申請日、電話番号を書き、顔写真を貼って、返信用封筒で送ってください。",
            "・印字内容に変更があるときは、二重線で消して、余白に正しい内容を書いてください。",
            "・顔写真は縦4.5cm、横3.5cm。6か月以内に撮影した、正面、無帽、無背景のもの。裏面に氏名と生年月日を書いてください。"
            + "1歳未満の方は不要です。",
            "・返信用封筒には、ほかの方の申請書もいっしょに入れられます（50gまで）。",
        ]),
        ("4　住所地の市区町村の窓口で",
        [
            "・窓口での申請については、住所地の市区町村にお問い合わせください。",
        ]),
        ("申請した後は",
        [
            "・申請から約1か月で、個人番号カード交付・電子証明書発行通知書兼照会書が市区町村から届きます。",
            "・申請に期限はありません。手数料はかかりません。",
            "・申請した後で、内容を変えることはできません。",
        ]),
    ];
}
