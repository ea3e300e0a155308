using Xunit.Abstractions;
using Xunit.Sdk;

namespace MyNumber.Tests.Browser;

/// <summary>Runs the tests of a class by their names: an operator's day has an order.</summary>
public sealed class ByName : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase =>
        testCases.OrderBy(test => test.TestMethod.Method.Name, StringComparer.Ordinal);
}
