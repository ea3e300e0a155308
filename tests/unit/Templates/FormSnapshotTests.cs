using MyNumber.Templates.Forms;
using Snapshooter;
using Snapshooter.Xunit;

namespace MyNumber.Tests.Unit.OfTemplates;

/// <summary>
/// Every box of every form, as published. Paper printed by a definition comes back for years: whoever moves a box raises
/// the form's version, and only then takes the new snapshot.
/// </summary>
public sealed class FormSnapshotTests
{
    public static TheoryData<string> Kinds => [.. FormDefinitions.All.Select(form => form.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_published_form_does_not_move(string kind) =>
        Snapshot.Match(
            FormDescription.ToJson(FormDefinitions.Get(kind)),
            new SnapshotNameExtension(kind, $"v{FormDefinitions.Get(kind).Version}"));
}
