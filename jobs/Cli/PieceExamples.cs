using MyNumber.Templates.Documents;

namespace MyNumber.Jobs.Cli;

/// <summary>What `print DOCUMENT --example` shows: an invented resident, with everything that the document can say.</summary>
public static class PieceExamples
{
    private static readonly DateOnly Printed = new(2026, 11, 24);

    /// <summary>The example of a document.</summary>
    public static PieceData Get(string document) => Everything(document) with
    {
        // Only the notice about the number itself says the number, and only forms carry kana and sex.
        IndividualNumber = document == "individual-number-notice" ? "123456789018" : null,
        Persons = document == "individual-number-notice" ? [Person] : null,
        Errors = document == "incomplete-notice"
            ? [new PieceError("R20", "顔写真が貼られていません。6か月以内に撮影した写真（縦4.5cm×横3.5cm）を貼ってください。"),
                new PieceError("R11", "申請者の氏名が記入されていません。申請者氏名欄に署名してください。")]
            : null,
    };

    private static PiecePerson Person => new()
    {
        Name = "見本 花子",
        NameKana = "ミホン ハナコ",
        BirthDate = new DateOnly(1990, 4, 1),
        Sex = "F",
        PostalCode = "1000013",
        Address = "東京都千代田区霞が関　3丁目1番1号",
        IndividualNumber = "123456789018",
        ApplicationId = "01234567890123456789012",
        IssuedOn = Printed,
    };

    private static PieceData Everything(string document) => new()
    {
        Document = document,
        PieceId = "0123456789ABCDEF",
        ToName = "見本 花子",
        ToPostalCode = "1000013",
        ToAddress = "東京都千代田区霞が関　3丁目1番1号",
        Name = "見本 花子",
        NameKana = "ミホン ハナコ",
        AlternativeLetters = "",
        BirthDate = new DateOnly(1990, 4, 1),
        Sex = "F",
        PostalCode = "1000013",
        Address = "東京都千代田区霞が関　3丁目1番1号",
        ApplicationId = document == "handwritten-application-form" ? null : "01234567890123456789012",
        Kind = "qr",
        IssuedOn = Printed,
        MunicipalityName = "見本市",
        Prefecture = "東京都",
        PickupPlace = "見本市役所 1階 市民課",
        PickupAddress = "東京都見本市中央　1丁目2番3号",
        PickupPhone = "03-0000-0000",
        Earliest = new DateOnly(2026, 12, 4),
        Deadline = new DateOnly(2027, 2, 24),
        PrintedOn = Printed,
        CardValidUntil = new DateOnly(2027, 2, 10),
        SignatureCertificateUntil = new DateOnly(2027, 2, 10),
        UserCertificateUntil = new DateOnly(2027, 2, 10),
        HouseholdHead = "見本 太郎",
        RegisteredNumber = document == "individual-number-notice" ? "31360000007" : null,
        ReturnEnvelopeValidUntil = new DateOnly(2028, 5, 31),
        OriginalMark = "E0001-1",
    };
}
