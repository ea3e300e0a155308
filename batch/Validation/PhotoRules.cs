using MyNumber.Batch.Calendar;
using MyNumber.Batch.Reading;

namespace MyNumber.Batch.Validation;

/// <summary>
/// R20 and R22. One photograph, 45 mm × 35 mm or one that can be trimmed to it, unless the applicant is under 1 year old
/// on the date of application. An exemption waives background, pose and face height; never darkness or trimming.
/// </summary>
public static class Photograph
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R20";

    /// <summary>The exemption's rule.</summary>
    public const string ExemptionId = "R22";

    /// <summary>The review item's field. A keyer's value is `ok`, or one of the codes of this rule.</summary>
    public const string Field = "photo";

    /// <summary>The field in which a keyer says what a reason written beside the name is: `exempt` or `none`.</summary>
    public const string ReasonField = "photo_reason";

    /// <summary>Reader's code: there is writing beside the name that may be a reason (R22).</summary>
    public const string ReasonCode = "reason-in-name-field";

    /// <summary>Mean brightness below which a photograph is too dark, of 255.</summary>
    public const double BrightnessMin = 60;

    /// <summary>Turn beyond which it cannot be trimmed, degrees.</summary>
    public const double TiltDegMax = 10;

    /// <summary>Age from which a photograph is needed, years on the date of application.</summary>
    public const int AgeMin = 1;

    /// <summary>False for those who need none.</summary>
    public static bool IsNeeded(ApplicationFacts facts) =>
        facts.Resident is not { } resident
        || Age.On(resident.BirthDate, facts.ApplicationDate ?? facts.ReceivedOn) >= AgeMin;

    /// <summary>Findings on the picture.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts)
    {
        if ((facts.ByMail && facts.FrontPage is null) || !IsNeeded(facts))
        {
            return [];
        }

        if (ReasonToRead(facts))
        {
            return [Finding.Review(ExemptionId, "reason-written", ReasonField)];
        }

        if (facts.Decisions.TryGetValue(Field, out var decided))
        {
            return decided == "ok" ? [] : [Finding.Incomplete(Id, decided)];
        }

        if (Picture(facts) is { } photo)
        {
            return Judge(facts, photo);
        }

        // A file that is no picture: R21 has said what is wrong with it.
        return facts.PhotoFileFindings.Any(code => code != OnlinePhotograph.Edited)
            ? []
            : [Finding.Incomplete(Id, "photo-missing")];
    }

    /// <summary>The picture that counts: the loose or sent one (R23, R21), else what is glued on the form.</summary>
    private static PhotoReading? Picture(ApplicationFacts facts)
    {
        var photo = facts.SeparatePhoto ?? facts.FrontPage?.Photo;
        return photo is { Present: true } ? photo : null;
    }

    private static IEnumerable<Finding> Judge(ApplicationFacts facts, PhotoReading photo)
    {
        var policy = facts.Policy;
        if (photo.WidthMm < policy.PhotoWidthMmMin || photo.HeightMm < policy.PhotoHeightMmMin
            || photo.WidthPx < policy.PhotoWidthPxMin)
        {
            yield return Finding.Incomplete(Id, "photo-too-small");
        }

        if (photo.TiltDeg is { } tilt && Math.Abs(tilt) > TiltDegMax)
        {
            yield return Finding.Incomplete(Id, "photo-tilted");
        }

        // A bitonal scan shows ink, not light: brightness and face are a person's to judge, with the paper in hand.
        if (photo.Face is null)
        {
            yield return Finding.Review(Id, "photo-not-shown", Field);
            yield break;
        }

        if (photo.Brightness < BrightnessMin)
        {
            yield return Finding.Incomplete(Id, "photo-too-dark");
        }

        if (photo.Face == false)
        {
            yield return IsExempted(facts)
                ? Finding.Review(ExemptionId, "no-face-seen", Field)
                : Finding.Incomplete(Id, "photo-no-face");
        }
        else if (photo.HeadInside == false)
        {
            yield return Finding.Incomplete(Id, "photo-untrimmable");
        }

        if (photo.PlainBackground == false && !IsExempted(facts))
        {
            yield return Finding.Incomplete(Id, "photo-background");
        }
    }

    private static bool IsExempted(ApplicationFacts facts) =>
        facts.PhotoExempted || facts.Decisions.GetValueOrDefault(ReasonField) == "exempt";

    private static bool ReasonToRead(ApplicationFacts facts) =>
        !facts.PhotoExempted && !facts.IsDecided(ReasonField) && facts.FrontPage?.Findings.Contains(ReasonCode) == true;
}

/// <summary>R21. The bytes of an online photograph decide: JPEG, RGB or gray, 20 KB to 7 MB, 480 to 6000 pixels.</summary>
public static class OnlinePhotograph
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R21";

    /// <summary>Code of a picture that software edited: a remark, no more.</summary>
    public const string Edited = OnlinePhotoInspection.Edited;

    /// <summary>One finding for each code of the inspection, where a photograph is needed at all.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.ByMail || !Photograph.IsNeeded(facts) ? []
        : facts.PhotoFileFindings.Select(code =>
            code == Edited ? Finding.Remark(Id, code) : Finding.Incomplete(Id, code));
}
