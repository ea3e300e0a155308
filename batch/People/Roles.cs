namespace MyNumber.Batch.People;

/// <summary>What a person is here for; an account may have several. Everybody who is signed in may look; acting needs the role.</summary>
public static class Roles
{
    /// <summary>Runs nights: re-run, skip, stop, alerts, accounts.</summary>
    public const string Operator = "operator";

    /// <summary>Says what doubtful fields say; sees their crops.</summary>
    public const string Keyer = "keyer";

    /// <summary>Approves what is destroyed or made again.</summary>
    public const string Approver = "approver";

    /// <summary>Sees everything but personal data, changes nothing.</summary>
    public const string Auditor = "auditor";

    /// <summary>Leads the keying room: keys as well.</summary>
    public const string Supervisor = "supervisor";

    /// <summary>Answers applicants: looks subjects up, changes nothing.</summary>
    public const string Helpdesk = "helpdesk";

    /// <summary>All of them, as the database knows them.</summary>
    public static IReadOnlyList<string> All { get; } = [Operator, Keyer, Approver, Auditor, Supervisor, Helpdesk];

    /// <summary>Roles that no single person may give: whoever has them could act as two.</summary>
    public static IReadOnlyList<string> OfTwo { get; } = [Operator, Approver];
}
