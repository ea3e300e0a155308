using MyNumber.Batch.People;

namespace MyNumber.Jobs.People;

/// <summary>A local account.</summary>
/// <param name="Id">Its number; never given again.</param>
/// <param name="Person">Its name in the normal form; stands in the audit table.</param>
/// <param name="Roles">Some of <see cref="Batch.People.Roles.All"/>, in that order.</param>
/// <param name="OneTime">The password was given by somebody else and must be changed first.</param>
/// <param name="Disabled">Cannot act any more.</param>
/// <param name="Version">Raised by every change: what was signed in before is signed out.</param>
public sealed record Account(long Id, string Person, IReadOnlyList<string> Roles, bool OneTime, bool Disabled, int Version)
{
    /// <summary>Has access, and one of the roles that an act takes.</summary>
    public bool May(Act act)
    {
        ArgumentNullException.ThrowIfNull(act);
        return !Disabled && act.Roles.Intersect(Roles).Any();
    }
}

/// <summary>What is done to an account.</summary>
public enum AccountAct
{
    /// <summary>It is made.</summary>
    Add,

    /// <summary>It gets other roles.</summary>
    Role,

    /// <summary>It gets a new one-time password, and access again.</summary>
    Reset,
}

/// <summary>A change as a person asks for it.</summary>
/// <param name="Typed">The account's name as it was typed.</param>
/// <param name="Roles">Its roles from then on; none for a reset.</param>
public sealed record AccountChange(AccountAct Act, string Typed, IReadOnlyList<string> Roles);

/// <summary>What the first of two operators said.</summary>
/// <param name="Act">`add`, `role`, `reset`.</param>
/// <param name="Roles">The roles that it is to have.</param>
/// <param name="At">UTC.</param>
public sealed record Proposal(string Person, string Act, IReadOnlyList<string> Roles, string By, DateTime At)
{
    /// <summary>The handler of the page by which another operator says the same.</summary>
    public string Handler => Act switch { "add" => "Add", "role" => "Role", _ => "Reset" };

    /// <summary>For people.</summary>
    public string What => Act switch { "add" => "new account", "role" => "other roles", _ => "new one-time password" };
}

/// <summary>Whether a person who acts has shown who they are.</summary>
public enum Proof
{
    /// <summary>Only named.</summary>
    Named,

    /// <summary>By their password: at the pages' sign-in, or on standard input.</summary>
    Password,
}

/// <summary>What of a one-time password somebody is shown.</summary>
public enum Shown
{
    /// <summary>Nothing: the password stays.</summary>
    Nothing,

    /// <summary>All of it.</summary>
    Whole,

    /// <summary>What the first of two operators sees.</summary>
    FirstHalf,

    /// <summary>What the second of two operators sees.</summary>
    SecondHalf,
}

/// <summary>What came of a change.</summary>
/// <param name="IsDone">False: another operator must say the same.</param>
/// <param name="Shown">What <paramref name="Secret"/> is.</param>
/// <param name="Secret">To be shown once.</param>
public sealed record AccountOutcome(string Person, bool IsDone, Shown Shown, string? Secret)
{
    /// <summary>What became of it, as a sentence.</summary>
    public string Sentence => IsDone
        ? $"The account {Person} is as it was asked for."
        : $"Noted. A second operator says the same; only then the account {Person} is changed.";

    /// <summary>What is shown, as a sentence that ends with a colon; null where nothing is.</summary>
    public string? SecretSentence => Shown switch
    {
        Shown.Whole => $"Shown once, for {Person}, one-time password:",
        Shown.FirstHalf => $"Shown once, for {Person}, first half of the one-time password:",
        Shown.SecondHalf => $"Shown once, for {Person}, second half of the one-time password:",
        _ => null,
    };
}
