using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Tests.Integration;

/// <summary>For tests that are about steps, not about dates: a night of any date, doing all that a usual one does.</summary>
internal static class AnyDate
{
    public static UnusualDate Meant { get; } = new(new Because("tests", "a night of a test"), Destruction.Allowed);
}
