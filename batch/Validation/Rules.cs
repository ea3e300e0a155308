namespace MyNumber.Batch.Validation;

/// <summary>The table of rules: `mynumber rules` prints it, and what applicants are told is taken from it.</summary>
public static class Rules
{
    /// <summary>Every rule of RULES.md, in its order.</summary>
    public static IReadOnlyList<RuleText> Table { get; } =
    [
        new(
            "R01", "A2 A7 A14", "",
            "申請書IDは23桁の数字です。", "The Application ID has 23 digits.",
            "An Application ID is 23 decimal digits, text, opaque; new ones come from the keyed function and are checked against the registry."),
        new(
            "R02", "A2", "reject+review",
            "申請書IDまたは生年月日を確認できませんでした。", "The Application ID or the date of birth could not be confirmed.",
            "QR and digits agree and lead to a form of the registry; online the birth date agrees too, else rejected. By mail every doubt is reviewed."),
        new(
            "R03", "A43 A66", "reject",
            "この申請書はすでに使用されています。", "This application form has been used already.",
            "A form is used once, except after an online application that ended incomplete (R51) or was rejected under R02."),
        new(
            "R04", "A4 A5 A48", "incomplete",
            "申請書に印字された氏名または住所が住民票と異なります。", "The name or address printed on the form is not that of your resident record.",
            "By mail, printed name and address are the register's, or corrected by hand to them; online the register decides."),
        new(
            "R05", "A4 A48", "review",
            "", "",
            "Corrections by hand are read by a keyer; machine text never overrides them."),
        new(
            "R06", "A8 V1", "reject+review",
            "個人番号、生年月日、氏名から本人を確認できませんでした。", "Individual Number, date of birth and name do not lead to one person.",
            "Without an Application ID the number, birth date and keyed name lead to exactly one resident."),
        new(
            "R07", "law", "review",
            "", "",
            "A wrong check digit is reviewed; once a keyer confirms the number R06 decides."),
        new(
            "R08", "A15", "reject",
            "氏名・住所が伏せられた申請書は使用できません。", "A form whose name and address are masked cannot be used.",
            "Forms masked by asterisks are rejected."),
        new(
            "R09", "A61 N3 N4", "reject",
            "住民票がないため受け付けできません。", "There is no resident record for this applicant.",
            "The applicant is on the register on the business date."),
        new(
            "R10", "A18 A63", "incomplete+review",
            "法定代理人の記載が必要です。", "The legal representative's part is needed.",
            "Under 15 on the day of receipt, or an adult ward: the representative fills in and signs; another agent only with the mayor's acceptance."),
        new(
            "R11", "A34", "incomplete+review",
            "署名または申請日の記載が必要です。", "Signature and date of application are needed.",
            "Signature and a possible date of application, not after receipt."),
        new(
            "R12", "A3 A35 A50 A60 A68", "remark",
            "", "",
            "No deadline, no fee, any number of forms in an envelope; weight is a mailroom remark."),
        new(
            "R13", "A55, law", "review",
            "", "",
            "A filled box means the certificate is not wanted; doubtful boxes are reviewed; under 15 and adult wards get no signature certificate."),
        new(
            "R14", "A30 A31", "incomplete+review+remark",
            "点字表記に必要なカナの訂正には、新しい申請書が必要です。", "To correct the kana for Braille a new form is needed.",
            "Braille only where its box is filled in; 11 cells; kana corrected by hand together with the wish is incomplete."),
        new("R15", "A33", "remark", "", "", "Alternative letters are for the certificate only, never on the card."),
        new(
            "R16", "A31 A32 A48 A49", "",
            "受付後の訂正はできません。お住まいの市区町村にご相談ください。", "Nothing can be corrected after receipt; please ask your municipality.",
            "Nothing is corrected after receipt; only the municipality cancels."),
        new(
            "R20", "A21 A22 A25 A64", "incomplete+review",
            "顔写真が条件を満たしていません。", "The photograph does not meet the conditions.",
            "A photograph that can be trimmed to 45 × 35 mm, light enough, with a face; none under 1 year old on the date of application."),
        new(
            "R21", "A23", "incomplete+remark",
            "顔写真のファイルが条件を満たしていません。", "The photograph's file does not meet the conditions.",
            "Online: JPEG, RGB or gray, 20 KB to 7 MB, 480 to 6000 pixels; edited by software is a remark."),
        new(
            "R22", "A26 A27", "review",
            "", "",
            "A registered or written reason waives hat, background, pose and face height, never darkness or trimming; no face seen is reviewed."),
        new("R23", "A28", "", "", "", "A loose photograph is matched by the mailroom and scanned on its own."),
        new(
            "R30", "A67", "",
            "", "",
            "For each resident the first application without an error wins, in an order from the input alone."),
        new("R31", "A67", "", "", "", "An earlier one still in reading or review holds the later ones."),
        new("R32", "A67", "", "", "", "Before its card is ordered a decision is made again; once ordered it stands."),
        new(
            "R33", "A67 A49", "",
            "先に受け付けた申請により交付します。", "Your card is issued on the application received first.",
            "A later valid one is superseded; if the municipality cancels the winner the next one wins."),
        new("R34", "A67", "", "", "", "At most one live winner per resident: a database constraint."),
        new(
            "R35", "V1 L1 C14, practice", "reject",
            "有効なカードをお持ちのため受け付けできません。", "You hold a valid card.",
            "A holder of a valid card renews it in its last three months, or replaces it with the municipality's note."),
        new(
            "R36", "A43", "",
            "転入後は、新しい申請書で申請し直してください。", "After moving please apply again with a new form.",
            "Moving to another municipality before pick-up voids open applications and the card."),
        new(
            "R37", "M1 N6", "reject",
            "記載された個人番号は変更されています。", "The Individual Number written has been changed.",
            "A changed Individual Number no longer identifies."),
        new(
            "R40", "C2, practice", "",
            "", "",
            "Validity of card and certificates by birthdays after issue, renewal, period of stay; dated parameters."),
        new(
            "R41", "A2 A52", "",
            "", "",
            "The Issuance Notice goes out when the card has arrived; what is late is reported."),
        new(
            "R42", "A36–A40 A44 A45 A54", "",
            "", "",
            "Contents of the Issuance Notice; PINs are never read, cropped or stored."),
        new(
            "R43", "N9", "",
            "", "",
            "Mail goes to the register address, or to the one delivery address that is registered."),
        new(
            "R44", "A40", "",
            "", "",
            "A notice asked for again keeps the deadline; one reminder, whose posting restarts the clock."),
        new(
            "R45", "A53, law, practice", "",
            "", "",
            "Storage lasts three civil months at least, from the latest of arrival, first posting and reminder."),
        new(
            "R46", "practice", "",
            "", "",
            "Held, extended, picked up, in dispute or with an undecided piece: never disposed of."),
        new(
            "R47", "A53", "",
            "", "",
            "Disposal is proposed, approved by two people, confirmed by the municipality, then recorded."),
        new(
            "R48", "A2, law", "",
            "", "",
            "With the card go its scans, photograph and readings; images are kept six months."),
        new(
            "R50", "A66", "",
            "", "",
            "By mail: original, notice that is the reapplication form, return envelope, pull list."),
        new(
            "R51", "A66 A20", "",
            "", "",
            "Online: an e-mail with the Application ID, the errors and the address to reapply."),
        new("R52", "A66", "", "", "", "All errors are named at once."),
        new("R60", "A69 A2", "", "", "", "A form with QR code is reissued on the municipality's request."),
        new("R61", "A6", "", "", "", "A resending campaign skips card holders, open applications, recent forms."),
        new(
            "R70", "V1 V6, practice", "",
            "", "",
            "Notification of Validation Period, once per card, kind and end date; not for ends of stay."),
        new(
            "R71", "V10", "",
            "", "",
            "Never to one who has renewed, gave the card back, died or left; checked again at the seal."),
        new("R72", "V1", "", "", "", "The card's notice encloses a return envelope and a form."),
        new(
            "R73", "V3–V8", "",
            "", "",
            "The certificate's notice with reply sheet and envelope for a representative."),
        new("R74", "practice", "", "", "", "One letter for what ends together."),
        new(
            "R80", "N1 N3–N5 N8 N9, practice", "",
            "", "",
            "Individual Number Notice: once for a new number, one envelope a household."),
        new("R90", "L1–L3", "", "", "", "Lost or stolen: suspended at any hour, resumed by the municipality."),
        new(
            "R95", "A2 A12", "",
            "", "",
            "Status inquiry by Application ID and date of birth; unknown and wrong get one answer."),
        new("R97", "practice", "", "", "", "Customer barcode by Japan Post's manual."),
        new(
            "R98", "A2, practice", "review+reject",
            "", "",
            "One envelope, one piece; the ID of a spoiled or lost generation is void and reviewed."),
        new(
            "R99", "A33, practice", "",
            "", "",
            "Names character by character; what cannot be printed withholds the piece; placeholders are no data."),
    ];

    private static readonly Dictionary<string, RuleText> ById = Table.ToDictionary(rule => rule.Id);

    /// <summary>The line of a rule.</summary>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    public static RuleText Get(string id) =>
        ById.TryGetValue(id, out var rule) ? rule : throw new ArgumentException($"There is no rule {id}.", nameof(id));

    /// <summary>What the applicant is told of a finding; the rule's own words where its code has none.</summary>
    public static Sentence ForResident(string rule, string detail) =>
        Sentences.ByDetail.GetValueOrDefault(detail) ?? new Sentence(Get(rule).Japanese, Get(rule).English);
}
