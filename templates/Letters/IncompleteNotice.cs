using System.Globalization;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Letters;

/// <summary>
/// Notice of incomplete application (R50, R52): one letter that names every error, with the reapplication form behind it
/// under an Application ID of its own. The mark beside the title matches the original paper that goes back with it.
/// </summary>
public static class IncompleteNotice
{
    /// <summary>The letter.</summary>
    public const string Name = "incomplete-notice";

    /// <summary>Letter and form.</summary>
    public static Document Document { get; } = new(Name, Pages, Example)
    {
        CarriesIds = true,
        HasFacts = piece => Facts.IsApplicationId(piece.ApplicationId) && piece.Errors is { Count: > 0 }
            && !Facts.IsEmpty(piece.Name),
    };

    private const double ErrorsTopMm = 109;
    private const double ErrorsBottomMm = 190;
    private const double FactsTopMm = 236;

    private static PieceData Example(string document) => Examples.Mailed(document) with
    {
        Errors =
        [
            new("R11", "申請者氏名の署名、または記名押印がありません。"),
            new("R20", "顔写真が貼られていません。6か月以内に撮影した、正面、無帽、無背景の写真（縦45mm、横35mm）を貼ってください。"),
        ],
        ReturnEnvelopeValidUntil = new DateOnly(2028, 5, 31),
        OriginalMark = "E0000001-001",
    };

    // The letter and the form: two sheets.
    private static IEnumerable<Page> Pages(PieceData piece)
    {
        yield return Letter.Page(Name, Front, canvas => Person(canvas, piece));
        yield return Letter.Page($"{Name}-back", Back, Page.Nothing);
        foreach (var page in Composition.Form(FormKinds.Reapplication, piece))
        {
            yield return page;
        }
    }

    private static void Front(Canvas canvas)
    {
        Letter.DoNotForward(canvas);
        Letter.ApplicationIdFrame(canvas);
        var y = Letter.Heads(canvas, 78, "個人番号カード交付申請書の不備のお知らせ", "Notice of Incomplete Application");
        Letter.Paragraphs(canvas, Letter.Body, y,
            ["　申請書に次の不備がありましたので、原本をお返しします。再申請をお願いします。"]);
        Letter.Headed(canvas, ErrorsTopMm - 3.5, "不備の内容");
        canvas.Stroke(new Forms.Box(Letter.LeftMm, ErrorsTopMm, Letter.RightMm - Letter.LeftMm, ErrorsBottomMm - ErrorsTopMm), 0.5);
        Letter.Headed(canvas, ErrorsBottomMm + 9, "再申請の手順");
        Letter.Steps(canvas, ErrorsBottomMm + 18,
            "同封の再申請書（この通知と同じ申請書IDのもの）に記入し、顔写真を貼ってください。",
            "再申請書だけを、返信用封筒で送ってください。スマートフォンなどで、再申請書のQRコードから申請することもできます。",
            "お返しした申請書は、もう使えません。ご自分で保管または処分してください。");
        Letter.Table(canvas, FactsTopMm, 8, 42, "返信用封筒の有効期限", "原本の照合番号");
        Letter.Foot(canvas,
            "Your application for an Individual Number Card is incomplete, for the reasons in the frame. Please fill in the enclosed new "
            + "form and send it in the return envelope. The form that came back with this letter cannot be used again.");
    }

    private static void Person(Canvas canvas, PieceData piece)
    {
        Letter.Head(canvas, piece);
        Letter.ApplicationIdText(canvas, piece.ApplicationId);
        Errors(canvas, [.. (piece.Errors ?? []).Select(
            (error, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}　{error.Text}"))]);
        if (piece.ReturnEnvelopeValidUntil is { } valid)
        {
            Letter.Cell(canvas, FactsTopMm, 8, 42, 0, Wording.Both(valid) + "まで（この日までに投函してください）", 11);
        }

        Letter.Cell(canvas, FactsTopMm, 8, 42, 1, piece.OriginalMark, 11);
    }

    // All errors at once (R52), in letters as large as they let them be.
    private static void Errors(Canvas canvas, string[] errors)
    {
        const double left = Letter.LeftMm + 4, right = Letter.RightMm - 4, room = ErrorsBottomMm - ErrorsTopMm - 6;
        for (var size = 12.0; size >= SmallestPt; size -= 0.5)
        {
            var style = new TextStyle(Typeface.Gothic, size);
            if (Letter.Measure(canvas, style, errors, right - left) <= room)
            {
                Letter.Paragraphs(canvas, style, ErrorsTopMm + 4 + style.SizeMm, errors, left, right);
                return;
            }
        }

        canvas.Refuse(Canvas.DoesNotFit);
    }

    private const double SmallestPt = 8;

    private static void Back(Canvas canvas)
    {
        var y = Letter.Heads(canvas, 28, "送る前に確かめてください", "Please check before you send the form");
        y = Letter.Section(canvas, Letter.Large, y + 2, "書くところ",
            "□　申請者氏名（署名、または記名押印）と申請日を書きましたか。",
            "□　印字された氏名と住所は、住民票と同じですか。違うときは二重線で消し、余白に正しく書いてください。",
            "□　15歳未満の方または成年被後見人の方は、裏面の法定代理人の欄に記入しましたか。",
            "□　電子証明書が不要な場合、点字表記を希望する場合だけ、□を黒く塗りつぶしましたか。");
        y = Letter.Section(canvas, Letter.Large, y + 2, "顔写真（1歳未満の方は不要です）",
            "□　縦4.5cm、横3.5cmですか。",
            "□　6か月以内に撮影した、正面、無帽、無背景のものですか。",
            "□　裏面に氏名と生年月日を書き、はがれないように貼りましたか（のりの付けすぎに注意し、よく乾かしてください）。",
            "・宗教、病気、乳幼児、障がいなどの理由で規格に合う写真を用意できないときは、申請者氏名の欄に理由を書いてください。");
        Letter.Section(canvas, Letter.Large, y + 2, "送り方",
            "□　返信用封筒に入れたのは、再申請書だけですか。",
            "・返信用封筒の有効期限を過ぎたときは、切手を貼って送ってください。",
            "・申請に期限はありません。手数料はかかりません。");
    }
}
