namespace MyNumber.Jobs.Web;

/// <summary>The four roles of the pages. Everybody who is signed in may look; acting needs the role.</summary>
public static class Roles
{
    /// <summary>Runs nights: re-run, skip, stop, alerts, accounts.</summary>
    public const string Operator = "operator";

    /// <summary>Says what doubtful fields say; sees their crops.</summary>
    public const string Keyer = "keyer";

    /// <summary>Approves disposals and lost pieces.</summary>
    public const string Approver = "approver";

    /// <summary>Sees everything but personal data, changes nothing.</summary>
    public const string Auditor = "auditor";

    /// <summary>All four, as the database knows them.</summary>
    public static IReadOnlyList<string> All { get; } = [Operator, Keyer, Approver, Auditor];
}

/// <summary>Names of the authorization policies.</summary>
public static class Policies
{
    /// <summary>May act on runs, alerts and accounts.</summary>
    public const string Operate = "operate";

    /// <summary>May see crops and decide review items.</summary>
    public const string Key = "key";

    /// <summary>May approve what is destroyed or made again.</summary>
    public const string Approve = "approve";

    /// <summary>May read the audit table and Hangfire's dashboard.</summary>
    public const string Audit = "audit";

    /// <summary>Signed in, even with a one-time password that must be changed first.</summary>
    public const string SignedIn = "signed-in";
}
