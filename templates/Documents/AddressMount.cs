using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>
/// The address mount (宛名台紙): the first sheet of an envelope, with the address behind the window and the Application
/// ID that the resident keeps. The back says how to apply.
/// </summary>
internal static class AddressMount
{
    private const int PersonsMax = 12;

    /// <summary>Front and back; <paramref name="contents"/> is what else lies in the envelope.</summary>
    public static IEnumerable<Page> Pages(PieceData piece, string title, string contents)
    {
        yield return Letter.Page($"mount-{title}", canvas => Front(canvas, title, contents), canvas => Person(canvas, piece));
        yield return Letter.Page("mount-back", Back, Page.Nothing);
    }

    private static void Front(Canvas canvas, string title, string contents)
    {
        Letter.DoNotForward(canvas);
        canvas.Text(Letter.Title, 105, 92, title, Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 106,
        [
            "　この封筒には、次のものが入っています。不足しているときは、市区町村にご連絡ください。",
            $"　　同封物：{contents}",
            "　申請書IDは、この宛名台紙と同封の申請書に同じ番号で印刷されています。番号が違うときは申請に使わず、ご連絡ください。",
            "　申請書IDと生年月日で、申請の状況を確認できます。個人番号カードの交付通知書が届くまで、この宛名台紙を大切に保管してください。",
        ]);
        Letter.InEnglish(canvas, 254,
            "With the enclosed form you can apply for an Individual Number Card: by smartphone with its QR code, at a photo booth, or by mail. "
            + "Keep this sheet: with its Application ID and your date of birth you can ask how your application stands.");
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

    // Several persons, several IDs: each with its number in the order of the sheets, without names.
    private static void Household(Canvas canvas, IReadOnlyList<PiecePerson> persons)
    {
        if (persons.Count > PersonsMax)
        {
            canvas.Refuse(Canvas.DoesNotFit);
            return;
        }

        canvas.Text(Letter.Heading, Letter.LeftMm, 160, $"申請書ID（{persons.Count}名分、同封の順）");
        for (var i = 0; i < persons.Count; i++)
        {
            canvas.Text(new TextStyle(Typeface.Gothic, 12), Letter.LeftMm + 4, 168 + (i * 7), $"{i + 1}　{persons[i].ApplicationId}");
        }
    }

    private static void Back(Canvas canvas)
    {
        canvas.Text(Letter.Title, 105, 30, "個人番号カードの申請方法", Align.Centre);
        var y = 46.0;
        foreach (var (heading, lines) in Ways)
        {
            canvas.Text(Letter.Heading, Letter.LeftMm, y, heading);
            y = Letter.Paragraphs(canvas, Letter.Body, y + 8, lines) + 5;
        }
    }

    private static readonly (string Heading, string[] Lines)[] Ways =
    [
        ("1　スマートフォンまたはパソコンで",
        [
            "　申請書のQRコードを読み取り、または申請書IDを入力して、申請用サイトから申請します。顔写真はデジタル写真を送ります。",
        ]),
        ("2　まちなかの証明写真機で",
        [
            "　対応している証明写真機で申請書のQRコードを読み取り、その場で撮影した写真で申請します。",
        ]),
        ("3　郵便で",
        [
            "　申請書の印字内容を確かめ、申請者氏名、申請日、電話番号を書き、顔写真を貼って、返信用封筒で送ってください。",
            "　印字内容に変更があるときは、二重線で消して、余白に正しい内容を書いてください。",
        ]),
        ("4　住所地の市区町村の窓口で",
        [
            "　窓口での申請については、住所地の市区町村にお問い合わせください。",
        ]),
    ];
}
