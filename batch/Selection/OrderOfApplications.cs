namespace MyNumber.Batch.Selection;

/// <summary>
/// R30's order, first in comes first. Total: mail by envelope and sheet, which never repeat, online by instant, then feed
/// and row. Online applications have no envelope and mail has no instant, so one list of columns orders both.
/// </summary>
public static class OrderOfApplications
{
    /// <summary>The list for ORDER BY.</summary>
    /// <param name="mailBeforeOnline">*Policy*: on one day.</param>
    /// <param name="table">Alias of the application's table.</param>
    public static string Sql(bool mailBeforeOnline, string table = "application") =>
        $"""
        {table}.received_on, ({table}.channel {(mailBeforeOnline ? "<>" : "=")} 'mail'), {table}.envelope COLLATE "C",
        {table}.sheet COLLATE "C", {table}.submitted_at, {table}.feed COLLATE "C", {table}.row
        """;
}
