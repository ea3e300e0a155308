namespace MyNumber.Batch.Validation;

/// <summary>Sentences for applicants by the code of a finding (R52): what is wrong, in their words, and what to do.</summary>
internal static class Sentences
{
    public static IReadOnlyDictionary<string, Sentence> ByDetail { get; } = new Dictionary<string, Sentence>
    {
        ["name-not-the-registers"] = new(
            "申請書に印字された氏名が住民票の氏名と異なります。同封の再申請書をご使用ください。",
            "The name printed on the form is not that of your resident record. Please use the enclosed form."),
        ["address-not-the-registers"] = new(
            "申請書に印字された住所が住民票の住所と異なります。同封の再申請書をご使用ください。",
            "The address printed on the form is not that of your resident record. Please use the enclosed form."),
        ["representative-missing"] = new(
            "法定代理人の記載（氏名、本人との関係、郵送では住所も）が足りません。15歳未満の方と成年被後見人の方は、法定代理人がご記入ください。",
            "The legal representative's name, relation or (by mail) address is missing. For applicants under 15 and adult wards the legal representative fills them in."),
        ["agent-not-accepted"] = new(
            "代理人の記載がありますが、本人以外の方による申請には、事前に市区町村長の承認が必要です。本人が申請するときは、代理人の欄に記入しないでください。",
            "An agent is named, and an application by an agent needs the mayor's acceptance beforehand. If you apply yourself, please leave the agent's part empty."),
        ["signature-missing"] = new(
            "申請者氏名の署名または記名押印がありません。",
            "The applicant's signature, or name with seal, is missing."),
        ["date-missing"] = new(
            "申請日の記載がありません。",
            "The date of application is missing."),
        ["date-impossible"] = new(
            "申請日が、暦にない日付になっています。",
            "The date of application is not a day of the calendar."),
        ["date-after-receipt"] = new(
            "申請日が、申請書を受け付けた日より後の日付になっています。",
            "The date of application is later than the day on which we received the form."),
        ["kana-corrected"] = new(
            "点字表記に使うカナを手書きで訂正することはできません。市区町村で新しい申請書の交付を受けてください。",
            "Kana for Braille cannot be corrected by hand. Please get a new form from your municipality."),
        ["braille-too-long"] = new(
            "カナ氏名の点字が11マスを超えるため、カードに表記できません。点字表記を希望せずに申請するか、カナの表記について市区町村にご相談ください。",
            "The kana of your name take more than the 11 Braille cells of a card. Please apply without Braille, or ask your municipality about the kana."),
        ["photo-missing"] = new(
            "顔写真がありません。",
            "The photograph is missing."),
        ["photo-too-small"] = new(
            "顔写真が小さすぎるか、解像度が足りません。縦4.5cm×横3.5cmの写真をご用意ください。",
            "The photograph is too small or too coarse. Please use one of 4.5 cm × 3.5 cm."),
        ["photo-tilted"] = new(
            "顔写真が大きく傾いているため、切り抜くことができません。",
            "The photograph is turned so far that it cannot be trimmed."),
        ["photo-too-dark"] = new(
            "顔写真が暗すぎます。明るい場所で撮影した写真をご用意ください。",
            "The photograph is too dark. Please use one taken in good light."),
        ["photo-no-face"] = new(
            "顔写真に正面を向いた顔を確認できません。",
            "No face looking straight ahead can be seen in the photograph."),
        ["photo-untrimmable"] = new(
            "顔写真に頭部全体が収まっていません。",
            "The photograph does not show the whole head."),
        ["photo-face-height"] = new(
            "顔写真の顔が小さすぎるか、大きすぎます。顔が写真の高さの約7割になるように撮影してください。",
            "The face is too small or too large. Please take the photograph so that the face fills about 70 % of its height."),
        ["photo-hat"] = new(
            "顔写真が無帽ではありません。帽子をとって撮影した写真をご用意ください。",
            "The photograph shows a hat. Please use one without a hat."),
        ["photo-pose"] = new(
            "顔写真が正面を向いていません。正面を向いた写真をご用意ください。",
            "The photograph is not taken from the front. Please use one that shows you facing the camera."),
        ["photo-background"] = new(
            "顔写真の背景が無地ではありません。背景に何も写っていない写真をご用意ください。",
            "The background of the photograph is not plain. Please use one with nothing behind you."),
        ["photo-other-person"] = new(
            "顔写真が申請者本人のものと確認できませんでした。申請者本人の写真をご用意ください。",
            "The photograph could not be confirmed to show the applicant. Please use a photograph of the applicant."),
        ["photo-not-jpeg"] = new(
            "顔写真のファイルがJPEG形式ではありません（HEICは使用できません）。",
            "The photograph's file is not a JPEG (HEIC cannot be used)."),
        ["photo-colour"] = new(
            "顔写真のカラーモードがRGBまたは白黒ではありません。",
            "The photograph's colour mode is neither RGB nor gray."),
        ["photo-bytes"] = new(
            "顔写真のファイルサイズは20KB以上7MB以下としてください。",
            "The photograph's file must be between 20 KB and 7 MB in size."),
        ["photo-pixels"] = new(
            "顔写真は縦横とも480〜6000ピクセルとしてください。",
            "The photograph must be 480 to 6000 pixels wide and 480 to 6000 pixels high."),
        ["photo-damaged"] = new(
            "顔写真のファイルが壊れているか、途中で切れています。もう一度送信してください。",
            "The photograph's file is damaged or ends too early. Please send it again."),
    };
}
