using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace MyNumber.Tests.Sweep;

/// <summary>
/// What must be the same after any fault (ENGINE.md): every row of every table but for the columns and tables named here,
/// and every file that left the house, was archived or waits. A line each; a line too few is something lost, one too many
/// something done twice.
/// </summary>
internal sealed partial record Digest(IReadOnlyList<string> Lines)
{
    // Who worked, when, and what people were told on the way: true of one night alone.
    private static readonly string[] TablesLeftOut = ["worker", "part", "alert", "alert_message", "alert_channel",
        "alert_delivery", "audit", "approval", "account", "home", "schemaversions"];

    // Surrogate ids, instants of the machine, what a step had to wait for, and ciphertext, which begins with chance.
    private static readonly string[] ColumnsLeftOut =
    [
        "id", "run_id", "drop_id", "opened_at", "completed_at", "started_at", "closed_at", "decided_at", "stopped_by",
        "failures", "failure_class", "not_before",
        "number_cipher", "online_cipher", "reading_cipher", "value_cipher", "frozen_cipher", "cipher",
    ];

    private static readonly string[] FoldersTakenIn = ["outbox", "archive", "inbox"];

    // The report tells when things happened; FORMATS.md leaves it out.
    private static readonly string[] FoldersLeftOut = ["outbox/report"];

    public static async Task<Digest> TakeAsync(Stage stage)
    {
        var lines = new List<string>();
        await using (var connection = await stage.Cluster.OpenAsync(stage.Database))
        {
            foreach (var table in await TextsAsync(
                connection,
                """
                SELECT table_name::text FROM information_schema.tables
                WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND NOT table_name = ANY($1)
                """,
                TablesLeftOut))
            {
                lines.AddRange((await TextsAsync(
                    connection, $"SELECT (to_jsonb(t) - $1::text[])::text FROM \"{table}\" AS t", ColumnsLeftOut))
                    .Select(row => $"{table} {(table is "drop" or "file" ? WithoutInstants(row) : row)}"));
            }
        }

        foreach (var folder in FoldersTakenIn)
        {
            lines.AddRange(Files(stage.Home, folder).Select(path =>
                $"{path} {Convert.ToHexStringLower(SHA256.HashData(Content(stage.Home, path)))}"));
        }

        // Encrypted, so only their names; an orphan here would be a scan that no rule ever destroys.
        lines.AddRange(Files(stage.Home, "store"));
        lines.AddRange(Files(stage.Home, "keys"));
        return new([.. lines.Order(StringComparer.Ordinal)]);
    }

    // A disposal list says when it was approved (FORMATS.md leaves that out): its hash differs, all else in it must not.
    private static string WithoutInstants(string row) => DisposalRow().IsMatch(row) ? Hash().Replace(row, "") : row;

    private static byte[] Content(string home, string path)
    {
        var full = Path.Combine(home, path);
        return !path.StartsWith("outbox/disposals", StringComparison.Ordinal) ? File.ReadAllBytes(full)
            : path.EndsWith(".csv", StringComparison.Ordinal)
                ? Encoding.UTF8.GetBytes(string.Join('\n', File.ReadAllLines(full).Select(line => line[..line.LastIndexOf(',')])))
                : [];
    }

    [GeneratedRegex("disposals-|\"path\": \"[0-9]{8}-[0-9]{3}\\.csv\"")]
    private static partial Regex DisposalRow();

    [GeneratedRegex("\"(manifest_|previous_)?sha256\": (\"[0-9a-f]{64}\"|null),? ?")]
    private static partial Regex Hash();

    /// <summary>Lines of this digest that the other has not, each as often as it is missing.</summary>
    public IReadOnlyList<string> Without(Digest other)
    {
        var left = other.Lines.CountBy(line => line).ToDictionary();
        return [.. Lines.Where(line => (left[line] = left.GetValueOrDefault(line) - 1) < 0)];
    }

    private static IEnumerable<string> Files(string home, string folder) =>
        Directory.Exists(Path.Combine(home, folder))
            ? Directory.EnumerateFiles(Path.Combine(home, folder), "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(home, path))
                .Where(path => !FoldersLeftOut.Any(left => path.StartsWith(left, StringComparison.Ordinal)))
            : [];

    private static async Task<IReadOnlyList<string>> TextsAsync(NpgsqlConnection connection, string sql, string[] parameter)
    {
        var texts = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }
}
