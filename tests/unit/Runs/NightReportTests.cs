using MyNumber.Batch.Status;

namespace MyNumber.Tests.Unit.Runs;

public sealed class NightReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Several_that_write_the_same_report_at_once_leave_it_whole_and_nothing_else()
    {
        var path = Path.Combine(_folder, "20261124.html");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var again = 0; again < 50; again++)
            {
                await NightReport.ReplaceAsync(path, "the night", CancellationToken.None);
            }
        })));
        Assert.Equal("the night", await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFiles(_folder));
    }
}
