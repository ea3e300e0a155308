using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.People;

/// <summary>
/// Whether two names are two people: the one place that says so. They are not where the names are one in their normal form
/// or look alike, nor where one's account was made, reset or changed by the other's.
/// </summary>
public static class TwoPeople
{
    // Of a name as providers give it (`name@place`) the part before the @ counts: on the command line the same person has an
    // account of that name.
    private const string DifferentSql = """
        WITH look AS (
          SELECT split_part(person_look($1), '@', 1) AS one, split_part(person_look($2), '@', 1) AS other)
        SELECT one <> other AND one <> '' AND other <> '' AND NOT EXISTS (
          SELECT FROM account_act
          JOIN account AS changed ON changed.id = account_act.account_id
          JOIN account AS changer ON changer.id = account_act.by_id
          WHERE (person_look(changed.person), person_look(changer.person)) IN ((look.one, look.other), (look.other, look.one)))
        FROM look
        """;

    // A provider's people have no account here: their roles were looked at when they signed in.
    private const string BarredSql = """
        SELECT disabled OR one_time OR NOT roles && $2::text[] FROM account
        WHERE person_look(person) = split_part(person_look($1), '@', 1)
        FOR SHARE
        """;

    /// <summary>True where both count for an act that takes two people.</summary>
    public static Task<bool> AreAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string one, string other,
        CancellationToken cancellation) =>
        Sql.ScalarAsync<bool>(connection, transaction, DifferentSql, cancellation, one, other);

    /// <summary>
    /// True where a person's account may not do an act, or may no longer: disabled, the role taken away, its password not
    /// its own yet. Holds the account as it is until the transaction ends.
    /// </summary>
    public static Task<bool> IsBarredAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string person, Act act,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(act);
        return Sql.ScalarAsync<bool>(connection, transaction, BarredSql, cancellation, person, act.Roles.ToArray());
    }
}
