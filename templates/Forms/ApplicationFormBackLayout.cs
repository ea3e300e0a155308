using MyNumber.Templates.Pdf;
using static MyNumber.Templates.Forms.ApplicationFormLayout;

namespace MyNumber.Templates.Forms;

/// <summary>Page 2 of all application forms: the legal representative's part, and the small print.</summary>
internal static class ApplicationFormBackLayout
{
    private const double TopMm = 38;
    private const double BottomMm = 83;

    private static readonly TextStyle Small = new(Typeface.Gothic, 8.5);
    private static readonly TextStyle Label = new(Typeface.Gothic, 9.5);
    private static readonly TextStyle Body = new(Typeface.Gothic, 9);

    private static readonly (string Heading, string[] Lines)[] SmallPrint =
    [
        ("個人番号カードの交付と電子証明書の発行について",
        [
            "・カードの有効期間は、発行の日から10回目の誕生日（18歳未満の方は5回目の誕生日）までです。",
            "・電子証明書の有効期間は、発行の日から5回目の誕生日までです。ただし、カードの有効期間を超えません。",
            "・在留期間の定めのある外国人住民の方は、カードも電子証明書も在留期間の満了日までです。",
            "・署名用電子証明書は、15歳未満の方と成年被後見人の方には原則として発行されません。",
            "・準備ができると（約1か月後）、市区町村から個人番号カード交付・電子証明書発行通知書兼照会書が届きます。",
            "・受取りには、その通知書と本人確認書類、お持ちの方は通知カード、住民基本台帳カード、個人番号カードが必要です。",
            "・暗証番号は受取りのときに設定します。この申請書には暗証番号を書かないでください。",
            "・申請の後に他の市区町村へ転出したときは、この申請は無効になります。転出先であらためて申請してください。",
        ]),
        ("顔写真について",
        [
            "・縦4.5cm、横3.5cm。6か月以内に撮影した、正面、無帽、無背景のもの。白黒でもかまいません。",
            "・暗いもの、顔の一部が隠れているもの、目を閉じているもの、他の人や物が写っているものは使えません。",
            "・宗教、病気、乳幼児、障がいなどの事情で規格に合う写真がないときは、申請者氏名の欄に理由を書いてください。",
            "・写真の裏面に氏名と生年月日を書いてください。はがれたときに申請書と照合するためです。",
        ]),
        ("個人情報の取扱いについて",
        [
            "・この申請書の内容と写真は、カードの作成、交付、電子証明書の発行と、その照会への回答にのみ使われます。",
            "・画像データは、カードが交付されてから、または申請が終了してから、定められた期間の後に消去されます。",
        ]),
        ("送り方",
        [
            "・返信用封筒に入れて送ってください。家族やほかの方の申請書も、いっしょに入れられます（50gまで）。",
            "・封筒の有効期限を過ぎたときは、切手を貼ってください。申請に期限はなく、手数料はかかりません。",
            "・送り先：〒219-8650　日本郵便株式会社　川崎東郵便局　郵便私書箱第2号",
            "　地方公共団体情報システム機構　個人番号カード交付申請書受付センター　宛",
        ]),
    ];

    /// <summary>Builds the page.</summary>
    public static FormPage Define(string kind, int version)
    {
        var page = new FormPageBuilder(kind, version, 2);
        page.Marks();
        page.Heading(26, "法定代理人の記入欄");
        page.Words(Small, LeftMm, 33,
            "申請者が15歳未満の方または成年被後見人の場合に、法定代理人が記入してください。該当しない方は書かないでください。");
        Representative(page);
        var y = 96.0;
        foreach (var (heading, lines) in SmallPrint)
        {
            page.Heading(y, heading);
            foreach (var line in lines)
            {
                y += 6.6;
                page.Words(Body, LeftMm, y, line);
            }

            y += 11;
        }

        return page.Build();
    }

    private static void Representative(FormPageBuilder page)
    {
        var name = page.Add(
            new FormField("representative_name", FieldAnswer.Text, "代理人氏名") { Rule = "R10" }, FormItemType.Signature,
            new Box(ValueMm, TopMm, 100, 16));
        var relation = page.Add(
            new FormField("representative_relation", FieldAnswer.Text, "本人との関係") { Rule = "R10" }, FormItemType.Line,
            new Box(164, TopMm, RightMm - 164, 16)).Box;
        var address = page.Add(
            new FormField("representative_address", FieldAnswer.Text, "代理人住所") { Rule = "R10" }, FormItemType.Line,
            new Box(ValueMm, 54, RightMm - ValueMm, 18));
        var phone = page.AddCells(
            new FormField("representative_phone", FieldAnswer.Digits, "電話番号") { EnglishLabel = "representative's telephone" },
            ValueMm + 2, 73, 11);

        page.Frame(new Box(LeftMm, TopMm, RightMm - LeftMm, BottomMm - TopMm), 0.4);
        page.Rule(ValueMm - 1, TopMm, ValueMm - 1, BottomMm);
        page.Rule(LeftMm, name.Box.BottomMm, RightMm, name.Box.BottomMm);
        page.Rule(LeftMm, address.Box.BottomMm, RightMm, address.Box.BottomMm);
        page.RowLabel(name, "署名または記名押印");
        page.Rule(name.Box.RightMm + 1, name.Box.YMm, name.Box.RightMm + 1, name.Box.BottomMm);
        page.Words(Label, relation.XMm - 1.5, relation.YMm + 7, "本人との", Align.Right);
        page.Words(Label, relation.XMm - 1.5, relation.YMm + 11.5, "関係", Align.Right);
        page.Rule(relation.XMm - 0.5, name.Box.YMm, relation.XMm - 0.5, name.Box.BottomMm);
        page.RowLabel(address);
        page.RowLabel(phone, "（日中・左詰め）");
        page.CellFrames(phone);
    }
}
