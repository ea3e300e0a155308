using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>What ends, by which a Notification of Validation Period is one of three (R74).</summary>
internal enum Ending
{
    /// <summary>The card alone.</summary>
    Card,

    /// <summary>Certificates alone.</summary>
    Certificates,

    /// <summary>Card and certificates together: one letter.</summary>
    Both,
}

/// <summary>
/// Notification of Validation Period (有効期限通知書). For a card it has an application form behind it, with an
/// Application ID where the piece has one and without otherwise (R72); for certificates the inquiry and reply
/// (照会書兼回答書) that a representative takes along (R73).
/// </summary>
internal static class ValidityNotice
{
    private const double TableTopMm = 124, RowMm = 10, LabelMm = 52;

    /// <summary>The letter, and what lies behind it: two sheets, three where card and certificates end together.</summary>
    public static IEnumerable<Page> Pages(PieceData piece, Ending ending, PiecePerson person, string site)
    {
        yield return Letter.Page($"validity-notice-{ending}", canvas => Front(canvas, ending), canvas => Person(canvas, piece, ending));
        yield return Letter.Page($"validity-notice-{ending}-back", canvas => Back(canvas, ending), Page.Nothing);
        if (ending != Ending.Certificates)
        {
            var kind = string.IsNullOrEmpty(piece.ApplicationId) ? "renewal-application-form" : "application-form";
            foreach (var page in ApplicationForms.Pages(kind, person, piece.MunicipalityName, site))
            {
                yield return page;
            }
        }

        if (ending != Ending.Card)
        {
            yield return Letter.Page("certificate-reply", Reply, canvas => ReplyDate(canvas, piece));
            yield return Letter.Page("certificate-reply-back", ReplyBack, Page.Nothing);
        }
    }

    private static void Front(Canvas canvas, Ending ending)
    {
        Letter.DoNotForward(canvas);
        canvas.Text(Letter.Title, 105, 78, "有効期限通知書", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 91, [ending switch
        {
            Ending.Card => "　お持ちの個人番号カードの有効期限が近づいています。更新を希望する方は、同封の申請書で申請してください。",
            Ending.Certificates => "　お持ちの個人番号カードに入っている電子証明書の有効期限が近づいています。更新を希望する方は、住所地の市区町村の"
                + "窓口で手続きをしてください。",
            _ => "　お持ちの個人番号カードと、カードに入っている電子証明書の有効期限が近づいています。更新を希望する方は、同封の申請書で"
                + "申請してください。電子証明書は新しいカードに入ります。",
        }]);
        canvas.Text(Letter.Heading, Letter.LeftMm, TableTopMm - 4, "有効期限が到来するもの");
        Letter.Table(canvas, TableTopMm, RowMm, LabelMm, "個人番号カード", "署名用電子証明書", "利用者証明用電子証明書");
        canvas.Text(Letter.Heading, Letter.LeftMm, 170, "更新手続");
        Letter.Paragraphs(canvas, Letter.Body, 178, ending == Ending.Certificates ? CertificateProcedure : CardProcedure);
        Letter.InEnglish(canvas, 254, ending == Ending.Certificates
            ? "The electronic certificates in your Individual Number Card end on the days above. You can renew them, free of charge, "
              + "at the office of your municipality from three months before that day. They cannot be renewed online."
            : "Your Individual Number Card ends on the day above. To renew it, apply with the enclosed form, free of charge. When the new "
              + "card is ready, your municipality sends you a notice: give the old card back when you pick it up.");
    }

    private static readonly string[] CardProcedure =
    [
        "・更新は、有効期限の3か月前の日の翌日から申請できます。手数料はかかりません。",
        "・申請書IDのある申請書は、スマートフォン、証明写真機、郵便のどれでも使えます。申請書IDのない申請書は郵便でのみ使えます"
        + "（個人番号12桁を書いてください）。",
        "・新しいカードの準備ができると、住所地の市区町村から交付通知書が届きます。今のカードは、受け取るときにお返しください。",
        "・すでに更新の手続きをした方は、この通知は不要です。",
    ];

    private static readonly string[] CertificateProcedure =
    [
        "・更新は、有効期限の3か月前の日の翌日から、住所地の市区町村の窓口でできます。インターネットではできません。",
        "・手数料はかかりません。更新するかどうかは任意です。更新しない場合、電子証明書を使うサービスが利用できなくなります。",
        "・個人番号カードと、設定した暗証番号が必要です。この通知がなくても手続きできます。",
        "・代理人が手続きするときは、同封の照会書兼回答書に本人が記入し、同封の封筒に封をして代理人に渡してください。",
        "・すでに更新の手続きをした方は、この通知は不要です。",
    ];

    private static void Person(Canvas canvas, PieceData piece, Ending ending)
    {
        Letter.Head(canvas, piece);
        string?[] dates =
        [
            ending == Ending.Certificates ? null : Day(piece.CardValidUntil),
            ending == Ending.Card ? null : Day(piece.SignatureCertificateUntil),
            ending == Ending.Card ? null : Day(piece.UserCertificateUntil),
        ];
        for (var i = 0; i < dates.Length; i++)
        {
            Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, i, dates[i] ?? "−");
        }

        if (ending != Ending.Certificates && !string.IsNullOrEmpty(piece.ApplicationId))
        {
            Letter.ApplicationIdFrame(canvas);
            Letter.ApplicationIdText(canvas, piece.ApplicationId);
        }
    }

    private static string? Day(DateOnly? day) => day is { } date ? Wording.Western(date) : null;

    private static void Back(Canvas canvas, Ending ending)
    {
        canvas.Text(Letter.Title, 105, 30, "よくあるご質問", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 46,
        [
            "問　有効期限を過ぎるとどうなりますか。",
            ending == Ending.Certificates
                ? "答　電子証明書を使うサービスは使えなくなりますが、カードは券面の有効期限まで本人確認書類として使えます。期限後も窓口で"
                  + "新しい電子証明書を発行できます。"
                : "答　カードは本人確認書類として使えなくなり、電子証明書も使えなくなります。期限後も新しいカードを申請できます。",
            "",
            "問　有効期限はどこでわかりますか。",
            "答　カードの有効期限は券面に印字されています。電子証明書の有効期限は、券面の記入欄、またはこの通知で確かめられます。",
            "",
            "問　暗証番号を忘れました。",
            "答　住所地の市区町村の窓口で、本人が再設定できます。",
            "",
            "問　引っ越しました。",
            "答　転入先の市区町村で継続利用の手続きをしてください。この通知は転送されません。",
        ]);
    }

    private static void Reply(Canvas canvas)
    {
        canvas.Text(Letter.Title, 105, 26, "電子証明書の更新に関する照会書兼回答書", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 38,
        [
            "　この書面は、代理人が窓口で手続きをするときに使います。本人がすべて記入し、同封の封筒に入れて封をし、代理人に渡してください。",
        ]);
        Letter.Table(canvas, 60, 12, LabelMm, "記入日", "本人の住所", "本人の氏名（署名）", "生年月日", "代理人の住所", "代理人の氏名");
        canvas.Text(Letter.Label, Letter.LeftMm, 148, "この書面が使える最後の日");
        Pins.Draw(canvas, 166);
    }

    // The reply ends with the certificate that ends first (R73).
    private static void ReplyDate(Canvas canvas, PieceData piece)
    {
        DateOnly?[] ends = [piece.SignatureCertificateUntil, piece.UserCertificateUntil];
        if (ends.Min() is { } last)
        {
            canvas.Text(new TextStyle(Typeface.Gothic, 12), 76, 148, Wording.Western(last));
        }
    }

    private static void ReplyBack(Canvas canvas) => Letter.Paragraphs(canvas, Letter.Body, 30,
    [
        "窓口で確認すること（職員記入欄）",
        "□　封筒は封がされていた　　□　本人の個人番号カード　　□　代理人の本人確認書類",
    ]);
}
