namespace MyNumber.Batch.People;

/// <summary>Who may do an act.</summary>
public enum May
{
    /// <summary>Whoever has the host: no person is named.</summary>
    Host,

    /// <summary>Anybody, signed in or not.</summary>
    Anybody,

    /// <summary>Everybody who is signed in.</summary>
    SignedIn,

    /// <summary>Who has one of the act's roles.</summary>
    HasRole,
}

/// <summary>How many people an act takes.</summary>
public enum Takes
{
    /// <summary>One.</summary>
    One,

    /// <summary>Two different ones; on the command line each gives their password.</summary>
    Two,

    /// <summary>Two where the act says so, and then as above.</summary>
    TwoByCase,
}

/// <summary>One line of the table: what people do here, who may, and where.</summary>
/// <param name="Name">Stable code; of an act of two people also the kind of its approvals.</param>
/// <param name="Roles">The roles, where one is needed.</param>
/// <param name="Takes">How many people.</param>
/// <param name="Verbs">The commands that do it, as they are typed.</param>
/// <param name="Handlers">The pages' POST handlers that do it: `Page` or `Page Handler`.</param>
/// <param name="Does">For people.</param>
public sealed record Act(
    string Name, May May, IReadOnlyList<string> Roles, Takes Takes, IReadOnlyList<string> Verbs,
    IReadOnlyList<string> Handlers, string Does);

/// <summary>
/// The table of acts and roles, for the command line and the pages alike. jobs/README.md prints it. What is not in it is done
/// by nobody: a verb with `--by` and a POST handler ask here first.
/// </summary>
public static class Acts
{
    /// <summary>Seeing the crop of a field.</summary>
    public const string SeeCrops = "see-crops";

    /// <summary>Reading the audit table and Hangfire's dashboard.</summary>
    public const string SeeAudit = "see-audit";

    /// <summary>Running a failed part again or skipping it, and what that would do.</summary>
    public const string SeeParts = "see-parts";

    /// <summary>Seeing the accounts.</summary>
    public const string SeePeople = "see-people";

    /// <summary>Making, resetting and changing accounts.</summary>
    public const string ChangeAccount = "account-change";

    private static readonly string[] Operators = [Roles.Operator];
    private static readonly string[] Approvers = [Roles.Approver];
    private static readonly string[] OperatorsAndApprovers = [Roles.Operator, Roles.Approver];
    private static readonly string[] Keyers = [Roles.Keyer, Roles.Supervisor, Roles.Operator];
    private static readonly string[] None = [];

    /// <summary>All acts; one a line, so that lines added side by side do not meet.</summary>
    public static IReadOnlyList<Act> Table { get; } =
    [
        new("rerun", May.HasRole, Operators, Takes.One, ["rerun"], ["Night Rerun", "Part Rerun"],
            "tries failed parts again, lets a stopped run go on"),
        new("skip", May.HasRole, Operators, Takes.One, ["skip"], ["Part Skip"], "holds what is in a failed part for the next night"),
        new("stop", May.HasRole, Operators, Takes.One, ["stop"], ["Night Stop"], "stops a run"),
        new("abandon", May.HasRole, Operators, Takes.TwoByCase, ["abandon"], ["Night Abandon"],
            "gives a run up; two where a complete night that lies after today is set aside"),
        new("night-set-aside", May.HasRole, Operators, Takes.Two, None, ["Night SetAside"],
            "sets a complete night aside that lies after today (command line: `abandon`)"),
        new("unusual-date", May.HasRole, Operators, Takes.One, ["night", "run", "purge propose"], None,
            "asks for a date after today, or long after the last night"),
        new("alert-seen", May.HasRole, Operators, Takes.One, None, ["Alerts"], "has seen an alert"),
        new("review-decide", May.HasRole, Keyers, Takes.One, ["review decide"], ["ReviewItem"], "says what a field says"),
        new("disposal", May.HasRole, Approvers, Takes.Two, ["purge approve"], ["Disposals"], "approves a disposal list"),
        new("destruction", May.HasRole, Approvers, Takes.Two, ["purge release"], ["Disposals Release"],
            "lets go what was over a night's limit"),
        new("piece-lost", May.HasRole, OperatorsAndApprovers, Takes.Two, ["piece lost"], None, "declares a piece lost"),
        new("drop-lost", May.HasRole, OperatorsAndApprovers, Takes.Two, ["drop lost"], None, "declares a drop lost"),
        new("restored", May.HasRole, Operators, Takes.One, ["restored"], None, "declares a restore, and its end"),
        new("reconcile", May.HasRole, Operators, Takes.One, ["reconcile"], None, "takes drops that partners have as sent"),
        new("adopt", May.HasRole, Operators, Takes.One, ["adopt"], None, "binds a moved home"),
        new(ChangeAccount, May.HasRole, Operators, Takes.TwoByCase, ["account add", "account role", "account reset"],
            ["People Add", "People Role", "People Reset"],
            "makes, resets and changes accounts; two where operator or approver is among the roles, before or after"),
        new("account-disable", May.HasRole, Operators, Takes.One, ["account disable"], ["People Disable"], "takes access away"),
        new("account-recover", May.Host, None, Takes.One, ["account recover"], None,
            "makes an operator where no second one is left; alert"),
        new("password", May.SignedIn, None, Takes.One, ["account password"], ["Password"], "changes one's own password"),
        new(SeeCrops, May.HasRole, Keyers, Takes.One, None, None, "sees the crops of fields"),
        new(SeeAudit, May.HasRole, [Roles.Operator, Roles.Auditor], Takes.One, None, None,
            "reads the audit table and Hangfire's dashboard"),
        new(SeeParts, May.HasRole, Operators, Takes.One, None, None, "sees what a re-run or a skip would do"),
        new(SeePeople, May.HasRole, Operators, Takes.One, ["account list"], None, "sees the accounts (command line: whoever has the host)"),
        new("look", May.SignedIn, None, Takes.One,
            ["show", "runs", "verify", "report", "application", "resident", "card", "piece", "envelope", "review list",
            "purge list", "purge show", "rules", "form list", "form describe"], ["Subjects"],
            "looks; on the command line whoever has the host"),
        new("error", May.Anybody, None, Takes.One, None, ["Error"], "is told what went wrong"),
        new("sign-in", May.Anybody, None, Takes.One, None, ["SignIn", "SignIn OpenId"], "signs in"),
        new("sign-out", May.SignedIn, None, Takes.One, None, ["SignOut"], "signs out"),
        new("inquiry", May.Anybody, None, Takes.One, None, ["Inquiry"], "asks where an application is (R95)"),
        new("run", May.Host, None, Takes.One,
            ["migrate", "night", "run", "work", "serve", "purge propose", "retention"], None, "runs what is due"),
        new("paper", May.Host, None, Takes.One, ["read", "print", "preflight", "barcode customer", "fixtures night",
            "factory simulate", "vendor simulate"], None, "reads, prints and plays partners; decides nothing"),
    ];

    /// <summary>An act by its code.</summary>
    /// <exception cref="InvalidOperationException">The table has no such line: it is missing there.</exception>
    public static Act Of(string name) =>
        Table.FirstOrDefault(act => act.Name == name)
        ?? throw new InvalidOperationException($"The act {name} is not in the table of acts (batch/People/Acts.cs).");

    /// <summary>The act that a command does for the person whom `--by` names.</summary>
    /// <exception cref="InvalidOperationException">The table has no such line: it is missing there.</exception>
    public static Act OfVerb(string verb) =>
        Table.FirstOrDefault(act => act.May == May.HasRole && act.Verbs.Contains(verb))
        ?? throw new InvalidOperationException($"The command {verb} takes --by and is not in the table of acts (batch/People/Acts.cs).");

    /// <summary>The act of a page's POST handler.</summary>
    /// <exception cref="InvalidOperationException">The table has no such line: it is missing there.</exception>
    public static Act OfHandler(string handler) =>
        Table.FirstOrDefault(act => act.Handlers.Contains(handler))
        ?? throw new InvalidOperationException($"The handler {handler} is not in the table of acts (batch/People/Acts.cs).");

    /// <summary>The table as jobs/README.md prints it.</summary>
    public static IEnumerable<string> Lines() =>
        Table.Select(act => $"| `{act.Name}` | {act.Does} | {Who(act)} | {People(act.Takes)} | {Ticked(act.Verbs)} | {Ticked(act.Handlers)} |");

    private static string Who(Act act) => act.May switch
    {
        May.Host => "whoever has the host",
        May.Anybody => "anybody",
        May.SignedIn => "everybody signed in",
        _ => string.Join(", ", act.Roles),
    };

    private static string People(Takes takes) => takes switch
    {
        Takes.One => "no",
        Takes.Two => "yes",
        _ => "in some cases",
    };

    private static string Ticked(IReadOnlyList<string> words) =>
        words.Count == 0 ? "" : string.Join(", ", words.Select(word => $"`{word}`"));
}
