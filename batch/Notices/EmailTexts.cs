using MyNumber.Batch.Validation;

namespace MyNumber.Batch.Notices;

/// <summary>The words of a message: what happened, why, and what to do now. Japanese stands first in every message.</summary>
/// <param name="Subject">Both languages in one line.</param>
/// <param name="Why">Head of the list of reasons.</param>
public sealed record EmailText(string Subject, Sentence Opening, Sentence Why, Sentence Closing);

/// <summary>R51. A text for each end of an application, in the words of the FAQ (A7 A16 A33 A43 A49 A53 A66 A67).</summary>
public static class EmailTexts
{
    private static readonly Sentence Reason = new("理由：", "Reason:");
    private static readonly Sentence AskMunicipality = new(
        "ご不明な点は、お住まいの市区町村にお問い合わせください。",
        "If you have questions, please ask your municipality.");

    private static readonly Dictionary<string, EmailText> ByKind = new()
    {
        ["taken-in"] = new(
            "個人番号カード交付申請の受付のお知らせ / Your application was received",
            new("個人番号カード（マイナンバーカード）の交付申請を受け付けました。",
                "We have received your application for an Individual Number Card (My Number Card)."),
            Reason,
            new("""
                これから申請内容を確認します。不備があるときなどは、このメールアドレスにお知らせします。
                申請状況は、受付の2～3日後から、申請書IDと生年月日で照会できます。
                申請書IDは、個人番号カード交付・電子証明書発行通知書兼照会書（交付通知書）が届くまで大切に保管してください。
                """,
                """
                We will now check it. If anything is missing, we will write to this e-mail address.
                From 2 to 3 days after receipt you can ask for its status with the Application ID and your date of birth.
                Please keep the Application ID until the Issuance Notice arrives.
                """)),
        ["incomplete"] = new(
            "【重要】個人番号カード交付申請の不備のお知らせ / Your application is incomplete",
            new("""
                個人番号カード（マイナンバーカード）の交付申請に不備がありました。
                お手数ですが、下記の内容をご確認のうえ、申請し直してください。
                """,
                "Your application for an Individual Number Card is incomplete. Please apply again."),
            new("不備の内容：", "What is wrong:"),
            new("再申請はこちら：", "Apply again here:")),
        ["rejected"] = new(
            "【重要】個人番号カード交付申請を受け付けできませんでした / Your application could not be accepted",
            new("個人番号カード（マイナンバーカード）の交付申請を受け付けることができませんでした。",
                "We could not accept your application for an Individual Number Card."),
            Reason,
            AskMunicipality),
        ["superseded"] = new(
            "個人番号カード交付申請（重複）のお知らせ / You have applied more than once",
            new("""
                すでに別の申請を先に受け付けているため、この申請は使用しません。
                個人番号カード（マイナンバーカード）は、先に受け付けた申請により交付します。
                """,
                """
                We received another application of yours before this one.
                Your Individual Number Card is made from the one that was received first.
                """),
            Reason,
            new("""
                お手続きは必要ありません。先に受け付けた申請を取り消したいときは、お住まいの市区町村にご相談ください。
                先の申請が取り消されたときは、この申請により交付することがあります。
                """,
                """
                There is nothing to do. If you wish to cancel the first application, please contact your municipality.
                If it is cancelled, the card may be made from this application.
                """)),
        ["cancelled"] = new(
            "個人番号カード交付申請の取消しのお知らせ / Your application was cancelled",
            new("お住まいの市区町村での手続きにより、個人番号カード（マイナンバーカード）の交付申請が取り消されました。",
                "Your municipality has cancelled your application for an Individual Number Card."),
            Reason,
            new("""
                この申請書IDでは、もう申請できません。
                個人番号カードを希望されるときは、市区町村で新しい申請書の交付を受けるか、手書き用の申請書で申請してください。
                """,
                """
                This Application ID cannot be used again.
                If you wish to have a card, please get a new application form from your municipality, or use the handwritten form.
                """)),
        ["void"] = new(
            "【重要】個人番号カード交付申請が無効になりました / Your application is no longer valid",
            new("個人番号カード（マイナンバーカード）の交付申請が無効になりました。この申請書IDでは、もう申請できません。",
                "Your application for an Individual Number Card is no longer valid. Its Application ID cannot be used again."),
            Reason,
            AskMunicipality),
    };

    // Why what was accepted is void. What the rule itself says is meant for those who are refused.
    private static readonly Dictionary<string, Sentence> VoidBy = new()
    {
        ["R09"] = new(
            "国外への転出などにより、住民票がなくなったため。",
            "There is no resident record for the applicant any more."),
        ["R36"] = new(
            "他の市区町村へ転出したため。転入先の市区町村で新しい申請書の交付を受け、申請し直してください。",
            "You have moved to another municipality. Please get a new application form from your new municipality and apply again."),
        ["R37"] = new(
            "個人番号が変更されたため。市区町村で新しい申請書の交付を受け、申請し直してください。",
            "Your Individual Number was changed. Please get a new application form from your municipality and apply again."),
        ["R47"] = new(
            "個人番号カードが、保管期間を過ぎたため廃棄されました。市区町村で新しい申請書の交付を受け、申請し直してください。",
            "Your card was disposed of after its storage period. Please get a new application form from your municipality and apply again."),
    };

    /// <summary>The text of a kind of message.</summary>
    public static EmailText Of(string kind) => ByKind[kind];

    /// <summary>The reasons of a message in words, each once.</summary>
    /// <param name="reasons">`RULE/detail`.</param>
    public static IReadOnlyList<Sentence> Reasons(string kind, IEnumerable<string> reasons)
    {
        ArgumentNullException.ThrowIfNull(reasons);
        return [.. reasons
            .Select(reason => kind == "void" ? VoidBy.GetValueOrDefault(reason[..reason.IndexOf('/', StringComparison.Ordinal)])
                : ErrorTexts.Of(reason))
            .OfType<Sentence>().Where(sentence => sentence.Japanese.Length > 0).Distinct()];
    }
}
