using System.Text;
using Dapper;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Tests.Integration.Runs;

public sealed class DropTests : IDisposable
{
    private readonly string _outbox = Directory.CreateTempSubdirectory("drops-").FullName;

    private readonly DropRow _drop = new(
        1, "print/TEST-20261124-toy-001", DropShape.Folder, "toy", new DateOnly(2026, 11, 24), 1, "sealed", new string('0', 64));

    private string Place => Path.Combine(_outbox, _drop.Folder);

    public void Dispose() => Directory.Delete(_outbox, recursive: true);

    [Fact]
    public async Task Staged_files_are_put_in_place_and_READY_names_their_hashes()
    {
        var (b, a) = (await StageAsync("b.pdf", "B"), await StageAsync("a.csv", "A"));
        await new DropPublisher(_outbox).PublishAsync(_drop, [b, a], NothingToRender, CancellationToken.None);
        Assert.Equal(
            $"{a.Sha256}  a.csv\n{b.Sha256}  b.pdf\n", await File.ReadAllTextAsync(Path.Combine(Place, "READY")));
        Assert.Equal("B", await File.ReadAllTextAsync(Path.Combine(Place, "b.pdf")));
    }

    [Fact]
    public async Task Several_that_put_the_same_drop_in_place_and_sweep_at_once_do_no_harm()
    {
        await using var toy = await ToyRun.CreateAsync();
        var files = new List<StagedFile>();
        for (var i = 0; i < 60; i++)
        {
            files.Add(await StageAsync($"{i:00}.csv", $"{i}"));
            Directory.CreateDirectory(Path.Combine(_outbox, ".staging", $"orphan-{i:00}", "deep"));
        }

        Task PublishAsync() => new DropPublisher(_outbox).PublishAsync(
            _drop, files, (path, stream, cancel) => stream.WriteAsync(Encoding.UTF8.GetBytes($"{int.Parse(path[..2])}"), cancel).AsTask(),
            CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(PublishAsync)));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Drops.SweepAsync(toy.Engine.Database, _outbox, CancellationToken.None))));
        Assert.Equal(files.Count + 1, Directory.GetFiles(Place).Length);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_outbox, ".staging")));
    }

    [Fact]
    public async Task Publishing_again_changes_nothing()
    {
        var a = await StageAsync("a.csv", "A");
        var publisher = new DropPublisher(_outbox);
        await publisher.PublishAsync(_drop, [a], NothingToRender, CancellationToken.None);
        await publisher.PublishAsync(_drop, [a], NothingToRender, CancellationToken.None);
        Assert.Equal(2, Directory.GetFiles(Place).Length);
    }

    [Fact]
    public async Task Other_content_in_place_stops_the_drop_and_is_not_overwritten()
    {
        var a = await StageAsync("a.csv", "A");
        Directory.CreateDirectory(Place);
        await File.WriteAllTextAsync(Path.Combine(Place, "a.csv"), "other");
        await Assert.ThrowsAsync<DropStoppedException>(
            () => new DropPublisher(_outbox).PublishAsync(_drop, [a], NothingToRender, CancellationToken.None));
        Assert.Equal("other", await File.ReadAllTextAsync(Path.Combine(Place, "a.csv")));
        Assert.False(File.Exists(Path.Combine(Place, "READY")));
    }

    [Fact]
    public async Task Lost_staging_is_rendered_again_and_must_have_the_same_hash()
    {
        var a = await StageAsync("a.csv", "A");
        Directory.Delete(Path.Combine(_outbox, ".staging"), recursive: true);
        await new DropPublisher(_outbox).PublishAsync(_drop, [a], Renders("A"), CancellationToken.None);
        Assert.Equal("A", await File.ReadAllTextAsync(Path.Combine(Place, "a.csv")));

        var b = await StageAsync("b.csv", "B");
        Directory.Delete(Path.Combine(_outbox, ".staging"), recursive: true);
        File.Delete(Path.Combine(Place, "READY"));
        await Assert.ThrowsAsync<DropStoppedException>(
            () => new DropPublisher(_outbox).PublishAsync(_drop, [a, b], Renders("not B"), CancellationToken.None));
    }

    [Fact]
    public async Task A_flat_file_gets_its_marker_beside_it()
    {
        var flat = _drop with { Folder = "status", Shape = DropShape.Flat };
        var a = await new Staging(_outbox).StageAsync(
            flat.Folder, "2026-11-24.csv", (stream, cancel) => WriteAsync(stream, "A", cancel), CancellationToken.None);
        await new DropPublisher(_outbox).PublishAsync(flat, [a], NothingToRender, CancellationToken.None);
        Assert.Equal(
            $"{a.Sha256}  2026-11-24.csv\n", await File.ReadAllTextAsync(Path.Combine(_outbox, "status", "2026-11-24.done")));
    }

    [Theory]
    [InlineData(GuardsOff.None, "A")]           // The zombie's file lies under its own hash.
    [InlineData(GuardsOff.StagedName, "other")] // Control: under a plain name it takes the decided file's place.
    public async Task A_zombie_that_stages_late_cannot_hurt_what_was_staged(GuardsOff off, string expected)
    {
        await using var toy = await ToyRun.CreateAsync(guardsOff: off);
        var staging = toy.Engine.Staging;
        var decided = await staging.StageAsync("toy", "a", (stream, cancel) => WriteAsync(stream, "A", cancel), CancellationToken.None);
        await staging.StageAsync("toy", "a", (stream, cancel) => WriteAsync(stream, "other", cancel), CancellationToken.None);
        Assert.Equal(expected, await File.ReadAllTextAsync(staging.FullPath("toy", decided)));
    }

    [Fact]
    public async Task Drops_of_a_product_are_numbered_chained_and_their_orphans_swept()
    {
        await using var toy = await ToyRun.CreateAsync(items: 10);
        await toy.OpenAsync();
        Directory.CreateDirectory(Path.Combine(toy.Outbox, ".staging", "print+nobody"));
        await toy.WorkAsync();
        await toy.ExecuteAsync("DELETE FROM toy_effect");
        await toy.OpenAsync(ToyRun.Date.AddDays(1));
        await toy.WorkAsync();
        await using var connection = await toy.Engine.Database.OpenConnectionAsync();
        var drops = (await connection.QueryAsync<(string Folder, string State, string Manifest, string? Previous)>(
            "SELECT folder, state, manifest_sha256, previous_sha256 FROM drop ORDER BY business_date")).ToList();
        Assert.Equal(["print/TEST-20261124-toy-paper-001", "print/TEST-20261125-toy-paper-001"], drops.Select(drop => drop.Folder));
        Assert.All(drops, drop => Assert.Equal("published", drop.State));
        Assert.Null(drops[0].Previous);
        Assert.Equal(drops[0].Manifest, drops[1].Previous);
        Assert.Empty(Directory.GetDirectories(Path.Combine(toy.Outbox, ".staging")));
    }

    private Task<StagedFile> StageAsync(string path, string content) => new Staging(_outbox).StageAsync(
        _drop.Folder, path, (stream, cancel) => WriteAsync(stream, content, cancel), CancellationToken.None);

    private static async Task WriteAsync(Stream stream, string content, CancellationToken cancellation) =>
        await stream.WriteAsync(Encoding.UTF8.GetBytes(content), cancellation);

    private static Func<string, Stream, CancellationToken, Task> Renders(string content) =>
        (_, stream, cancel) => WriteAsync(stream, content, cancel);

    private static Task NothingToRender(string path, Stream stream, CancellationToken cancellation) =>
        throw new InvalidOperationException($"{path} was staged and need not be rendered.");
}
