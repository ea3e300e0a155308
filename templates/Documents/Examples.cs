namespace MyNumber.Templates.Documents;

/// <summary>An example of each document: made-up people, with the longest kinds of values that are usual.</summary>
public static class Examples
{
    private static readonly DateOnly PrintedOn = new(2026, 11, 24);

    /// <summary>The example of that document, as a document for itself (no piece id).</summary>
    public static PieceData Of(string document) => document switch
    {
        "handwritten-application-form" => new PieceData { Document = document },
        "renewal-application-form" => Resident(document) with { ApplicationId = null },
        "issuance-notice" or "issuance-notice-letter" => Mailed(document) with
        {
            PickupPlace = "台東区役所　１階　戸籍住民サービス課",
            PickupAddress = "東京都台東区東上野　４丁目５番６号",
            PickupPhone = "03-0000-0000",
            Earliest = new DateOnly(2026, 12, 1),
            Deadline = new DateOnly(2027, 2, 24),
        },
        "validity-notice-card" => Mailed(document) with { CardValidUntil = new DateOnly(2027, 1, 23) },
        "validity-notice-certificates" => Certificates(document) with { ApplicationId = null },
        "validity-notice-both" => Certificates(document) with { CardValidUntil = new DateOnly(2027, 1, 23) },
        "incomplete-notice" => Mailed(document) with
        {
            Errors =
            [
                new("R11", "申請者氏名の署名、または記名押印がありません。"),
                new("R20", "顔写真が貼られていません。6か月以内に撮影した、正面、無帽、無背景の写真（縦45mm、横35mm）を貼ってください。"),
            ],
            ReturnEnvelopeValidUntil = new DateOnly(2028, 5, 31),
            OriginalMark = "E0000001-001",
        },
        "individual-number-notice" => Mailed(document) with
        {
            HouseholdHead = "山田　太郎",
            ApplicationId = null,
            RegisteredNumber = "31360000005",
            Persons =
            [
                Child("山田　さくら", "ヤマダ　サクラ", "F", "123456789018", "00000000000000000000002"),
                Child("山田　健太", "ヤマダ　ケンタ", "M", "210987654320", "00000000000000000000003"),
            ],
        },
        "address-mount" => Mailed(document),
        _ => Resident(document),
    };

    private static PieceData Resident(string document) => new()
    {
        Document = document,
        Name = "山田　太郎",
        NameKana = "ヤマダ　タロウ",
        AlternativeLetters = "",
        BirthDate = new DateOnly(1985, 1, 23),
        Sex = "M",
        PostalCode = "1100016",
        Address = "東京都台東区台東　１丁目２番３－４０５号　上野ハイツ",
        ApplicationId = "00000000000000000000001",
        IssuedOn = PrintedOn,
        MunicipalityName = "台東区",
    };

    private static PieceData Mailed(string document) => Resident(document) with
    {
        ToName = "山田　太郎",
        ToPostalCode = "1100016",
        ToAddress = "東京都台東区台東　１丁目２番３－４０５号　上野ハイツ",
        Prefecture = "東京都",
        PrintedOn = PrintedOn,
    };

    private static PieceData Certificates(string document) => Mailed(document) with
    {
        SignatureCertificateUntil = new DateOnly(2027, 1, 23),
        UserCertificateUntil = new DateOnly(2027, 1, 23),
    };

    private static PiecePerson Child(string name, string kana, string sex, string number, string applicationId) => new()
    {
        Name = name,
        NameKana = kana,
        BirthDate = new DateOnly(2026, 10, 30),
        Sex = sex,
        PostalCode = "1100016",
        Address = "東京都台東区台東　１丁目２番３－４０５号　上野ハイツ",
        IndividualNumber = number,
        ApplicationId = applicationId,
        IssuedOn = PrintedOn,
    };
}
