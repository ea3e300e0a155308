using MyNumber.Batch.Calendar;
using MyNumber.Batch.Reading;

namespace MyNumber.Batch.Validation;

/// <summary>
/// R20 and R22. One photograph, 45 mm × 35 mm or one that can be trimmed to it, unless the applicant is under 1 year old
/// on the date of application. An exemption waives hat, background, pose and face height; never darkness or trimming.
/// </summary>
/// <remarks>
/// Hat, pose and age of the picture cannot be measured: a keyer who looks for another reason may name the first two.
/// </remarks>
public static class Photograph
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R20";

    /// <summary>The exemption's rule.</summary>
    public const string ExemptionId = "R22";

    /// <summary>The review item's field. A keyer's value is <see cref="Accepted"/> or one of <see cref="Codes"/>.</summary>
    public const string Field = "photo";

    /// <summary>A keyer's answer: the photograph will do.</summary>
    public const string Accepted = "ok";

    /// <summary>The field in which a keyer says what is written beside the name: <see cref="Exempt"/> or `none`.</summary>
    public const string ReasonField = "photo_reason";

    /// <summary>A keyer's answer: it is a reason for an unusual photograph.</summary>
    public const string Exempt = "exempt";

    /// <summary>Reader's code: there is writing beside the name; whether it is a reason is this rule's to ask (R22).</summary>
    public const string ReasonCode = "reason-in-name-field";

    /// <summary>Mean brightness below which a photograph is too dark, of 255.</summary>
    public const double BrightnessMin = 60;

    /// <summary>Turn beyond which it cannot be trimmed, degrees.</summary>
    public const double TiltDegMax = 10;

    /// <summary>Age from which a photograph is needed, years on the date of application.</summary>
    public const int AgeMin = 1;

    // What an exemption waives (R22).
    private static readonly string[] Waived = ["photo-background", "photo-face-height", "photo-hat", "photo-pose"];

    /// <summary>Everything that can be wrong with a picture.</summary>
    public static IReadOnlyList<string> Codes { get; } =
    [
        "photo-missing", "photo-too-small", "photo-tilted", "photo-too-dark", "photo-no-face", "photo-untrimmable", .. Waived,
    ];

    /// <summary>False for those who need none.</summary>
    public static bool IsNeeded(ApplicationFacts facts) =>
        facts.Resident is not { } resident
        || Age.On(resident.BirthDate, facts.ApplicationDate < resident.BirthDate ? facts.ReceivedOn : facts.ApplicationDate) >= AgeMin;

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

        if (facts.Answer(Field) is { } answer)
        {
            return answer == Accepted || (IsExempted(facts) && Waived.Contains(answer)) ? [] : [Finding.Incomplete(Id, answer)];
        }

        if (facts.SeparatePhotoUnreadable)
        {
            return [Finding.Review(Id, "photo-not-readable", Field)];
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
        foreach (var code in Faults(facts.Policy, photo))
        {
            if (!IsExempted(facts))
            {
                yield return Finding.Incomplete(Id, code);
            }
            else if (code == "photo-no-face")
            {
                yield return Finding.Review(ExemptionId, "no-face-seen", Field);
            }
            else if (!Waived.Contains(code))
            {
                yield return Finding.Incomplete(Id, code);
            }
        }

        // A bitonal scan shows ink, not light: brightness and face are a person's to judge, with the paper in hand.
        if (photo.Face is null)
        {
            yield return Finding.Review(Id, "photo-not-shown", Field);
        }
    }

    /// <summary>What was measured and is not as it should be; what could not be measured is no fault.</summary>
    private static IEnumerable<string> Faults(Policy policy, PhotoReading photo)
    {
        if (photo.WidthMm < policy.PhotoWidthMmMin || photo.HeightMm < policy.PhotoHeightMmMin
            || photo.WidthPx < policy.PhotoWidthPxMin)
        {
            yield return "photo-too-small";
        }

        if (photo.TiltDeg is { } tilt && Math.Abs(tilt) > TiltDegMax)
        {
            yield return "photo-tilted";
        }

        if (photo.Brightness < BrightnessMin)
        {
            yield return "photo-too-dark";
        }

        if (photo.Face == false)
        {
            yield return "photo-no-face";
        }
        else if (photo.HeadInside == false)
        {
            yield return "photo-untrimmable";
        }
        else if (photo.FaceHeightShare < policy.PhotoFaceHeightMin || photo.FaceHeightShare > policy.PhotoFaceHeightMax)
        {
            yield return "photo-face-height";
        }

        if (photo.PlainBackground == false)
        {
            yield return "photo-background";
        }
    }

    private static bool IsExempted(ApplicationFacts facts) =>
        facts.PhotoExempted || facts.Answer(ReasonField) == Exempt;

    private static bool ReasonToRead(ApplicationFacts facts) =>
        !facts.PhotoExempted && facts.Answer(ReasonField) is null && facts.FrontPage?.Findings.Contains(ReasonCode) == true;
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
