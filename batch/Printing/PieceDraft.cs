using MyNumber.Batch.Calendar;
using MyNumber.Batch.Privacy;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Printing;

/// <summary>What a product builds a piece from.</summary>
/// <param name="Row">The rows of the moment.</param>
/// <param name="Outside">What every piece prints: address, sender, date, the Application ID that it carries.</param>
/// <param name="Persons">Who is in the envelope (R43); empty where the piece is for its addressee alone.</param>
/// <param name="Day">The business date.</param>
/// <param name="Policy">The settings.</param>
/// <param name="Numbers">Opens Individual Numbers: for the notice of one alone.</param>
internal sealed record PieceDraft(
    PieceRow Row, PieceData Outside, IReadOnlyList<(string ApplicationId, PiecePersonRow Person)> Persons, DateOnly Day,
    Policy Policy, NumberVault Numbers)
{
    /// <summary>With the addressee, as the register has them.</summary>
    public PieceData WithAddressee()
    {
        var person = Row.Addressee;
        return Outside with
        {
            Name = person.Mail.Name,
            NameKana = person.NameKana,
            AlternativeLetters = person.AlternativeLetters,
            BirthDate = person.BirthDate,
            Sex = person.Sex,
            PostalCode = person.Mail.PostalCode,
            Address = person.Mail.Address,
            StayUntil = person.StayUntil,
            Under15OrWard = person.AdultWard || Age.On(person.BirthDate, Day) < 15,
        };
    }

    /// <summary>With the addressee, and a form printed for them to send back.</summary>
    public PieceData WithForm() => WithAddressee() with
    {
        Kind = Row.FormKind,
        IssuedOn = Day,
        ReturnEnvelopeValidUntil = Policy.ReturnEnvelopeValidUntil,
    };
}
