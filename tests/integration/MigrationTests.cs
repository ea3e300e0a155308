using Dapper;
using Npgsql;

namespace MyNumber.Tests.Integration;

public sealed class MigrationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task The_audit_table_refuses_changes()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("DELETE FROM audit"));
        Assert.Equal("23001", refused.SqlState);
    }

    [Fact]
    public async Task Storage_below_three_months_is_refused_by_the_database()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(
            "INSERT INTO municipality VALUES ('1', 'a', 'b', 'c', 'd', 'e', 1, 2, false, NULL)"));
        Assert.Equal("storage_at_least_three_months", refused.ConstraintName);
    }
}
