using Dapper;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Tests.Integration.Runs;

public sealed class PeopleTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 21, 0, 0, 123, TimeSpan.FromHours(9));

    [Fact]
    public async Task Two_different_people_approve_and_the_same_one_twice_is_refused()
    {
        Assert.Equal(ApprovalOutcome.First, await ApproveAsync("list-1", "first-person"));
        Assert.Equal(ApprovalOutcome.SamePerson, await ApproveAsync("list-1", "first-person"));
        // Typed otherwise: still the same person.
        Assert.Equal(ApprovalOutcome.SamePerson, await ApproveAsync("list-1", "First-Person "));
        Assert.Equal(ApprovalOutcome.SamePerson, await ApproveAsync("list-1", "ｆirst-\u200bperson"));
        Assert.Equal(ApprovalOutcome.Complete, await ApproveAsync("list-1", "second-person"));
    }

    [Fact]
    public async Task The_audit_chain_shows_a_changed_and_a_removed_entry()
    {
        for (var entry = 0; entry < 3; entry++)
        {
            await InTransactionAsync((connection, transaction) => Audit.WriteAsync(
                connection, transaction, "operator-1", "rerun", $"run {entry}", "a reason", At, CancellationToken.None));
        }

        await using var connection = await database.DataSource.OpenConnectionAsync();
        Assert.Null(await Audit.FirstBrokenAsync(connection, CancellationToken.None));
        var second = await connection.ExecuteScalarAsync<long>("SELECT min(sequence) + 1 FROM audit");
        await connection.ExecuteAsync("ALTER TABLE audit DISABLE TRIGGER audit_append_only");
        await connection.ExecuteAsync("UPDATE audit SET reason = 'another reason' WHERE sequence = @second", new { second });
        Assert.Equal(second, await Audit.FirstBrokenAsync(connection, CancellationToken.None));
        await connection.ExecuteAsync("DELETE FROM audit WHERE sequence = @second", new { second });
        Assert.Equal(second, await Audit.FirstBrokenAsync(connection, CancellationToken.None));
        await connection.ExecuteAsync(
            "ALTER TABLE audit DISABLE TRIGGER audit_append_only; DELETE FROM audit; ALTER TABLE audit ENABLE TRIGGER audit_append_only");
    }

    private Task<ApprovalOutcome> ApproveAsync(string subject, string person) =>
        InTransactionAsync((connection, transaction) => Approvals.ApproveAsync(
            connection, transaction, "disposal", subject, person, "storage has ended", At, CancellationToken.None));

    private Task<bool> InTransactionAsync(Func<NpgsqlConnection, NpgsqlTransaction, Task> act) =>
        InTransactionAsync(async (connection, transaction) =>
        {
            await act(connection, transaction);
            return true;
        });

    private async Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, NpgsqlTransaction, Task<T>> act)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var result = await act(connection, transaction);
        await transaction.CommitAsync();
        return result;
    }
}
