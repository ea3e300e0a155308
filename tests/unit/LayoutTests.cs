using NetArchTest.Rules;

namespace MyNumber.Tests.Unit;

/// <summary>Arrows go one way: templates ← batch ← jobs; Runs and Database know no other folder of batch.</summary>
public sealed class LayoutTests
{
    private static readonly System.Reflection.Assembly Templates = typeof(Templates.Forms.FormDefinition).Assembly;
    private static readonly System.Reflection.Assembly Batch = typeof(Batch.Runs.StepDefinition).Assembly;

    [Fact]
    public void Templates_know_no_batch_and_no_database() =>
        AssertNone(Types.InAssembly(Templates).ShouldNot().HaveDependencyOnAny("MyNumber.Batch", "MyNumber.Jobs", "Npgsql"));

    [Fact]
    public void Batch_knows_no_jobs_and_no_fixtures() =>
        AssertNone(Types.InAssembly(Batch).ShouldNot().HaveDependencyOnAny("MyNumber.Jobs", "MyNumber.Fixtures"));

    [Theory]
    [InlineData("MyNumber.Batch.Runs")]
    [InlineData("MyNumber.Batch.Database")]
    public void The_engine_knows_no_other_folder(string engine) =>
        AssertNone(Types.InAssembly(Batch).That().ResideInNamespace(engine).ShouldNot().HaveDependencyOnAny(
            "MyNumber.Batch.Register", "MyNumber.Batch.Intake", "MyNumber.Batch.Reading", "MyNumber.Batch.Validation",
            "MyNumber.Batch.Selection", "MyNumber.Batch.Cards", "MyNumber.Batch.Notices", "MyNumber.Batch.Printing",
            "MyNumber.Batch.Storage", "MyNumber.Batch.Calendar", "MyNumber.Batch.Privacy", "MyNumber.Templates"));

    private static void AssertNone(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }
}
