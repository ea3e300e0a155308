using MyNumber.Templates.Letters;

namespace MyNumber.Templates.Documents;

/// <summary>The made-up people of the documents' examples, with the longest kinds of values that are usual.</summary>
public static class Examples
{
    internal static DateOnly PrintedOn { get; } = new(2026, 11, 24);

    /// <summary>The example of that document, as a document for itself (no piece id).</summary>
    public static PieceData Of(string document) => DocumentList.Get(document).Example;

    internal static PieceData Resident(string document) => new()
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

    internal static PieceData Mailed(string document) => Resident(document) with
    {
        ToName = "山田　太郎",
        ToPostalCode = "1100016",
        ToAddress = "東京都台東区台東　１丁目２番３－４０５号　上野ハイツ",
        Prefecture = "東京都",
        PrintedOn = PrintedOn,
    };
}
