using System.Globalization;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>
/// Notice of incomplete application (R50, R52): one letter that names every error, with the reapplication form behind it
/// under an Application ID of its own. The mark beside the title matches the original paper that goes back with it.
/// </summary>
internal static class IncompleteNotice
{
    private const double ErrorsTopMm = 138;
    private const double ErrorsBottomMm = 226;

    /// <summary>The letter and the form: two sheets.</summary>
    public static IEnumerable<Page> Pages(PieceData piece, PiecePerson person, string site)
    {
        yield return Letter.Page("incomplete-notice", Front, canvas => Person(canvas, piece));
        yield return Letter.Page("incomplete-notice-back", Back, Page.Nothing);
        foreach (var page in ApplicationForms.Pages("reapplication-form", person, piece.MunicipalityName, site))
        {
            yield return page;
        }
    }

    private static void Front(Canvas canvas)
    {
        Letter.DoNotForward(canvas);
        Letter.ApplicationIdFrame(canvas);
        canvas.Text(Letter.Title, 105, 82, "個人番号カード交付申請書の不備のお知らせ", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 96,
        [
            "　お送りいただいた個人番号カード交付申請書に、次の不備がありましたので、申請書の原本をお返しします。",
            "　お手数ですが、同封の再申請書（この通知と同じ申請書IDのもの）に記入し、返信用封筒で送ってください。スマートフォンなどで"
            + "再申請書のQRコードから申請することもできます。お返しした申請書を、もう一度使うことはできません。",
        ]);
        canvas.Text(Letter.Heading, Letter.LeftMm, ErrorsTopMm - 4, "不備の内容");
        canvas.Stroke(new Forms.Box(Letter.LeftMm, ErrorsTopMm, Letter.RightMm - Letter.LeftMm, ErrorsBottomMm - ErrorsTopMm), 0.4);
        canvas.Text(Letter.Label, Letter.LeftMm, 238, "返信用封筒の有効期限");
        canvas.Text(Letter.Label, Letter.LeftMm, 247, "原本の照合番号");
        Letter.InEnglish(canvas, 254,
            "Your application for an Individual Number Card is incomplete, for the reasons in the frame. Please fill in the enclosed "
            + "form, which is a new one, and send it in the return envelope. The form that came back with this letter cannot be used again.");
    }

    private static void Person(Canvas canvas, PieceData piece)
    {
        Letter.Head(canvas, piece);
        Letter.ApplicationIdText(canvas, piece.ApplicationId);
        var y = ErrorsTopMm + 7;
        var number = 1;
        foreach (var error in piece.Errors ?? [])
        {
            y = Letter.Paragraphs(canvas, Letter.Body, y,
                [string.Create(CultureInfo.InvariantCulture, $"{number++}　{error.Text}")], Letter.LeftMm + 3, Letter.RightMm - 3);
        }

        if (y > ErrorsBottomMm + 3)
        {
            canvas.Refuse(Canvas.DoesNotFit);
        }

        if (piece.ReturnEnvelopeValidUntil is { } valid)
        {
            canvas.Text(Letter.Body, 66, 238, Wording.Western(valid) + "まで（この日までに投函してください）");
        }

        canvas.Text(new TextStyle(Typeface.Gothic, 11), 66, 247, piece.OriginalMark ?? "");
    }

    private static void Back(Canvas canvas)
    {
        canvas.Text(Letter.Title, 105, 30, "再申請のときに確かめてください", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 46,
        [
            "□　申請者氏名と申請日が書いてありますか。",
            "□　印字された氏名と住所は、住民票と同じですか。違うときは二重線で消し、余白に正しく書いてください。",
            "□　顔写真は、6か月以内に撮影した、正面、無帽、無背景のものですか（縦45mm、横35mm。1歳未満の方は不要です）。",
            "□　写真の裏面に氏名と生年月日を書き、はがれないように貼りましたか。",
            "□　15歳未満の方または成年被後見人の方は、裏面の法定代理人の欄に記入がありますか。",
            "□　電子証明書が不要な場合、点字表記を希望する場合だけ、□を黒く塗りつぶしていますか。",
            "",
            "　返信用封筒に入れるのは再申請書だけです。お返しした原本は、ご自分で保管または処分してください。",
        ]);
    }
}
