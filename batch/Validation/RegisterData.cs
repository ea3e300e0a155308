using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Validation;

/// <summary>R99. What stands in the register for a missing name or address is no data: no card is made from it.</summary>
/// <remarks>
/// The municipality corrects its register and the question goes away by itself; `reject` where it says that there is
/// nothing to correct. A placeholder in the kana counts as empty and asks nobody.
/// </remarks>
public static class RegisterData
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R99";

    /// <summary>The review item's field.</summary>
    public const string Field = "register_data";

    /// <summary>Finding while the register has no name or no address.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.Resident is not { } resident || !(Placeholders.In(resident.Name) || Placeholders.In(resident.Address)) ? []
        : facts.Answer(Field) == "reject" ? [Finding.Reject(Id, "register-placeholder")]
        : [Finding.Review(Id, "register-placeholder", Field)];
}
