using Dapper;
using MyNumber.Tests.Integration.Nights;
using Npgsql;

namespace MyNumber.Tests.Integration.Recovery;

/// <summary>Looks into the database of a home.</summary>
internal sealed class HomeQueries(Product product) : IDisposable
{
    private readonly NpgsqlConnection _connection = new(new NpgsqlConnectionStringBuilder(TestDatabase.Server)
    {
        Database = Backup.DatabaseOf(product.Home),
        Pooling = false,
    }.ConnectionString);

    public IReadOnlyList<string> Lines(string sql) => [.. _connection.Query<string>(sql)];

    public long Number(string sql) => _connection.ExecuteScalar<long>(sql);

    public void Execute(string sql) => _connection.Execute(sql);

    public void Dispose() => _connection.Dispose();
}
