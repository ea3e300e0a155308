using MyNumber.Jobs.Cli;

namespace MyNumber.Tests.Unit.Cli;

/// <summary>Exit statuses and sentences that need no database.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData(2)]                                                    // Nothing said.
    [InlineData(2, "no-such-verb")]
    [InlineData(2, "night", "--date", "2026-02-30")]                   // No such day.
    [InlineData(2, "night")]                                           // No date.
    [InlineData(2, "barcode", "customer", "--postal", "12", "--address", "x")]
    [InlineData(2, "form", "describe", "no-such-form")]
    [InlineData(2, "print", "no-such-document", "--example")]
    [InlineData(2, "read", "/no/such/file")]
    [InlineData(2, "preflight", "/no/such/folder")]
    [InlineData(0, "form", "list")]
    [InlineData(0, "rules", "--json")]
    [InlineData(0, "--help")]
    public async Task Every_command_ends_with_its_exit_status(int status, params string[] arguments) =>
        Assert.Equal(status, await CommandLine.RunAsync(arguments));
}
