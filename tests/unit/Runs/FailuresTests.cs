using System.Net.Sockets;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Unit.Runs;

/// <summary>Which errors go away by themselves (ENGINE.md, rule 11).</summary>
public sealed class FailuresTests
{
    public static TheoryData<Exception, FailureKind> Errors => new()
    {
        { Postgres("08006"), FailureKind.Transient },
        { Postgres("53300"), FailureKind.Transient },
        { Postgres("53100"), FailureKind.DiskFull },
        { Postgres("57P01"), FailureKind.Transient },
        { Postgres("57014"), FailureKind.Permanent },
        { Postgres("40001"), FailureKind.Transient },
        { Postgres("40P01"), FailureKind.Transient },
        { Postgres("25P03"), FailureKind.Transient },
        { Postgres("23505"), FailureKind.Permanent },
        { new NpgsqlException("x", new SocketException()), FailureKind.Transient },
        { new NpgsqlException("x", new TimeoutException()), FailureKind.Permanent }, // A statement's; see TimeoutTests for a connection's.
        { new NpgsqlException("x", new ArgumentOutOfRangeException()), FailureKind.Transient },
        { new NpgsqlException("No password has been provided"), FailureKind.Permanent },
        { new ArgumentOutOfRangeException(), FailureKind.Permanent },
        { new AggregateException(new IOException()), FailureKind.Transient },
        { new AggregateException(new IOException(), new IOException()), FailureKind.Permanent },
        { new IOException(), FailureKind.Transient },
        { new IOException("x", 28), FailureKind.DiskFull },
        { new IOException("x", 122), FailureKind.DiskFull },
        { new FileNotFoundException(), FailureKind.Permanent },
        { new DirectoryNotFoundException(), FailureKind.Permanent },
        { new InvalidOperationException(), FailureKind.Permanent },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_error_passes_lasts_or_says_that_a_disk_is_full(Exception error, FailureKind kind) =>
        Assert.Equal(kind, Failures.Kind(error));

    [Fact]
    public void Its_words_name_types_and_never_the_message()
    {
        var text = Failures.Text(new NpgsqlException("山田", new IOException("太郎")));
        Assert.StartsWith("NpgsqlException from IOException at", text, StringComparison.Ordinal);
        Assert.DoesNotContain("山田", text, StringComparison.Ordinal);
        Assert.DoesNotContain("太郎", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_that_jumps_while_Npgsql_connects_is_a_database_that_is_away()
    {
        Assert.True(Failures.IsOfDatabase(new JumpedException()));
        Assert.Equal(FailureKind.Transient, Failures.Kind(new JumpedException()));
        Assert.True(Failures.IsOfDatabase(Postgres("57P01")));
        Assert.False(Failures.IsOfDatabase(new ArgumentOutOfRangeException()));
    }

    // As Npgsql lets it out: it reckons the time left by the wall clock.
    private sealed class JumpedException : ArgumentOutOfRangeException
    {
        public override string StackTrace => "   at Npgsql.Internal.NpgsqlConnector.Open(NpgsqlTimeout timeout, Boolean async)";
    }

    private static PostgresException Postgres(string state) => new("x", "ERROR", "ERROR", state);
}
