using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Letters;

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
public static class ValidityNotice
{
    /// <summary>The letter, whatever ends.</summary>
    public const string Name = "validity-notice";

    /// <summary>The card alone ends.</summary>
    public static Document Card { get; } = new($"{Name}-card", piece => Pages(piece, Ending.Card), CardExample)
    {
        CarriesIds = true,
        HasFacts = NamesCardEnd,
    };

    /// <summary>Certificates alone end.</summary>
    public static Document Certificates { get; } = new(
        $"{Name}-certificates", piece => Pages(piece, Ending.Certificates),
        document => CertificatesExample(document) with { ApplicationId = null })
    {
        HasFacts = NamesCertificateEnd,
    };

    /// <summary>Card and certificates end together.</summary>
    public static Document Both { get; } = new(
        $"{Name}-both", piece => Pages(piece, Ending.Both),
        document => CertificatesExample(document) with { CardValidUntil = ExampleEnd })
    {
        CarriesIds = true,
        HasFacts = piece => NamesCardEnd(piece) && NamesCertificateEnd(piece),
    };

    internal static IReadOnlyList<Document> Documents { get; } = [Card, Certificates, Both];

    private static DateOnly ExampleEnd => new(2027, 1, 23);

    private const double TableTopMm = 119, RowMm = 10, LabelMm = 56;

    private static bool NamesCardEnd(PieceData piece) => piece.CardValidUntil is not null;

    private static bool NamesCertificateEnd(PieceData piece) =>
        (piece.SignatureCertificateUntil ?? piece.UserCertificateUntil) is not null;

    private static PieceData CardExample(string document) => Examples.Mailed(document) with { CardValidUntil = ExampleEnd };

    private static PieceData CertificatesExample(string document) => Examples.Mailed(document) with
    {
        SignatureCertificateUntil = ExampleEnd,
        UserCertificateUntil = ExampleEnd,
    };

    // The letter, and what lies behind it: two sheets, three where card and certificates end together.
    private static IEnumerable<Page> Pages(PieceData piece, Ending ending)
    {
        var isByMail = string.IsNullOrEmpty(piece.ApplicationId);
        yield return Letter.Page(
            $"{Name}-{ending}{(isByMail ? "-by-mail" : "")}", canvas => Front(canvas, ending, isByMail),
            canvas => Person(canvas, piece, ending));
        yield return Letter.Page($"{Name}-{ending}-back", canvas => Back(canvas, ending), Page.Nothing);
        if (ending != Ending.Certificates)
        {
            var kind = isByMail ? FormKinds.Renewal : FormKinds.Application;
            foreach (var page in Composition.Form(kind, piece))
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

    private static void Front(Canvas canvas, Ending ending, bool isByMail)
    {
        Letter.DoNotForward(canvas);
        var y = Letter.Heads(canvas, 78, "有効期限通知書", "Notification of Validation Period");
        Letter.Paragraphs(canvas, Letter.Body, y, [ending switch
        {
            Ending.Card => "　お持ちの個人番号カードの有効期限が近づいています。更新を希望する方は、同封の申請書で申請してください。",
            Ending.Certificates => "　お持ちの個人番号カードの電子証明書の有効期限が近づいています。更新を希望する方は、住所地の市区町村の"
                + "窓口で手続きをしてください。",
            _ => "　お持ちの個人番号カードと、その電子証明書の有効期限が近づいています。更新を希望する方は、同封の申請書で"
                + "申請してください。電子証明書は新しいカードに入ります。",
        }]);
        Letter.Headed(canvas, TableTopMm - 3.5, "有効期限が到来するもの");
        Letter.Table(canvas, TableTopMm, RowMm, LabelMm, "個人番号カード", "署名用電子証明書", "利用者証明用電子証明書");
        y = TableTopMm + (3 * RowMm) + 11;
        Letter.Headed(canvas, y, "更新手続");
        y = Letter.Steps(canvas, y + 9, ending == Ending.Certificates ? CertificateProcedure : [Application(isByMail), .. CardProcedure]);
        Letter.Section(canvas, y + 3, "ご注意", Notes(ending));
        Letter.Foot(canvas, ending == Ending.Certificates
            ? "The electronic certificates in your Individual Number Card end on the days above. You can renew them, free of charge, at the "
              + "office of your municipality from three months before that day. They cannot be renewed online."
            : "Your Individual Number Card ends on the day above. To renew it, apply with the enclosed form, free of charge. When the new "
              + "card is ready, your municipality sends you a notice: give the old card back when you pick it up.");
    }

    private static string Application(bool isByMail) => isByMail
        ? "同封の申請書に個人番号12桁を書き、顔写真を貼って、申請書だけを返信用封筒で送ってください（申請書IDがないので、郵便だけです）。"
        : "同封の申請書で申請してください。スマートフォン、パソコン、まちなかの証明写真機、郵便のどれでも申請できます。";

    private static readonly string[] CardProcedure =
    [
        "約1か月で新しいカードの準備ができると、住所地の市区町村から交付通知書が届きます。",
        "交付通知書と今のカードを持って、受取りにお越しください。今のカードは、そのときにお返しください。",
    ];

    private static readonly string[] CertificateProcedure =
    [
        "有効期限の3か月前の日の翌日から、住所地の市区町村の窓口で更新できます。インターネットではできません。予約を受け付けて"
        + "いる市区町村もあります。",
        "個人番号カードと、この通知をお持ちください（通知がなくても手続きできます）。設定した暗証番号を入力します。",
        "代理人が手続きするときは、同封の照会書兼回答書に本人が記入し、同封の封筒に封をして、代理人に渡してください。代理人は、"
        + "本人のカード、その封筒、この通知、代理人の顔写真付きの本人確認書類を持って窓口へ。",
    ];

    private static string[] Notes(Ending ending) =>
    [
        ending == Ending.Certificates
            ? "・更新するかどうかは任意で、手数料はかかりません。更新しないと、確定申告（e-Tax）やコンビニ交付などに使えなくなります。"
            : "・更新は、有効期限の3か月前の日の翌日から申請できます。手数料はかかりません。",
        .. ending == Ending.Both
            ? ["・電子証明書だけを窓口で更新することもできます。代理人が手続きするときは、同封の照会書兼回答書を使ってください。"]
            : Array.Empty<string>(),
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
            var isEnding = dates[i] is not null;
            Letter.Cell(
                canvas, TableTopMm, RowMm, LabelMm, i, dates[i] ?? "今回は対象ではありません", isEnding ? 14 : 10,
                isEnding ? Typeface.Bold : Typeface.Gothic);
        }

        if (ending != Ending.Certificates && !string.IsNullOrEmpty(piece.ApplicationId))
        {
            Letter.ApplicationIdFrame(canvas);
            Letter.ApplicationIdText(canvas, piece.ApplicationId);
        }
    }

    private static string? Day(DateOnly? day) => day is { } date ? Wording.Both(date) : null;

    private static void Back(Canvas canvas, Ending ending)
    {
        var y = Letter.Heads(canvas, 28, "よくあるご質問", "Frequently Asked Questions");
        foreach (var (question, answer) in Questions(ending))
        {
            y = Letter.Paragraphs(canvas, Letter.Heading, y + 1.5, [$"問　{question}"]);
            y = Letter.Paragraphs(canvas, Letter.Large, y, [$"答　{answer}"]) + 3;
        }
    }

    private static IEnumerable<(string Question, string Answer)> Questions(Ending ending)
    {
        yield return ("有効期限を過ぎるとどうなりますか。", ending == Ending.Certificates
            ? "電子証明書を使うサービスは使えなくなりますが、カードは券面の有効期限まで本人確認書類として使えます。期限を過ぎても、"
              + "窓口で新しい電子証明書を無料で発行できます。"
            : "カードは本人確認書類として使えなくなり、電子証明書も使えなくなります。期限を過ぎても、新しいカードを申請できます。期限の"
              + "過ぎたカードは、新しいカードを受け取るときに必要です。大切に保管してください。");
        yield return ("必ず更新しなければなりませんか。", "更新は任意です。");
        yield return ("有効期限はどこでわかりますか。",
            "カードの有効期限は券面に印字されています。電子証明書の有効期限は、券面の記入欄、またはこの通知で確かめられます。");
        yield return ("暗証番号を忘れました。", "住所地の市区町村の窓口で、本人が再設定できます。");
        yield return ("この通知をなくしました。", "この通知がなくても手続きできます。");
        yield return ("引っ越しました。", "転入先の市区町村で継続利用の手続きをしてください。この通知は転送されません。");
        yield return ("カードをなくしました。",
            "コールセンター（0120-95-0178）に電話して、カードの利用を止めてください。24時間、365日受け付けています。");
    }

    private static void Reply(Canvas canvas)
    {
        var y = Letter.Heads(canvas, 24, "電子証明書の更新に関する照会書兼回答書", "Inquiry and Reply for the Renewal by a Representative");
        y = Letter.Steps(canvas, y,
            "本人がすべて記入してください。代理人が書いたものは使えません。",
            "この書面を同封の封筒に入れて封をし、本人の個人番号カードといっしょに、代理人に渡してください。");
        Letter.Table(canvas, 62, RowMm, ReplyLabelMm, "この書面が使える最後の日");
        canvas.Text(Letter.Strong, Letter.LeftMm, y + 15, "照会：あなたは、電子証明書の更新を申請しますか。");
        canvas.Text(Letter.Strong, Letter.LeftMm, y + 22, "回答：はい。私は次の者を代理人と定め、手続きと暗証番号の入力を委任します。");
        Letter.Table(canvas, ReplyTopMm, 12, ReplyLabelMm, "記入日", "本人の住所", "本人の氏名（署名）", "本人の生年月日", "代理人の住所", "代理人の氏名");
        Letter.DateByHand(canvas, ReplyTopMm, 12, ReplyLabelMm, 0);
        Letter.DateByHand(canvas, ReplyTopMm, 12, ReplyLabelMm, 3);
        Pins.Draw(canvas, 180, "暗証番号（今のカードに設定したもの）", "更新する電子証明書の分と、住民基本台帳用の暗証番号を書いてください。");
        canvas.Text(Letter.Note, Letter.LeftMm, 265, "・封筒は窓口で職員が開封します。封がされていないものは使えません。");
    }

    private const double ReplyTopMm = 98, ReplyLabelMm = 50;

    // The reply ends with the certificate that ends first (R73).
    private static void ReplyDate(Canvas canvas, PieceData piece)
    {
        DateOnly?[] ends = [piece.SignatureCertificateUntil, piece.UserCertificateUntil];
        if (ends.Min() is { } last)
        {
            Letter.Cell(canvas, 62, RowMm, ReplyLabelMm, 0, Wording.Both(last), 13, Typeface.Bold);
        }
    }

    private static void ReplyBack(Canvas canvas)
    {
        Letter.Headed(canvas, 30, "窓口で確認すること（職員記入欄）");
        Letter.Paragraphs(canvas, Letter.Body, 39,
        [
            "□　封筒は封がされていた",
            "□　本人の個人番号カード",
            "□　代理人の本人確認書類（顔写真付き）",
            "□　この書面が使える最後の日を過ぎていない",
        ]);
        Letter.Table(canvas, 72, 12, ReplyLabelMm, "受付日", "受付者");
        Letter.DateByHand(canvas, 72, 12, ReplyLabelMm, 0);
    }
}
