using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Delivery;
using Npgsql;

namespace MyNumber.Batch;

/// <summary>What the steps of a night may need, made once per process. A step takes out of it what it uses.</summary>
public sealed record NightServices
{
    /// <summary>The home whose night this is.</summary>
    public required Home Home { get; init; }

    /// <summary>The home's own database.</summary>
    public required NpgsqlDataSource Database { get; init; }

    /// <summary>Every setting that RULES.md marks *policy*.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The letters that this home sends.</summary>
    public Products Products { get; init; } = Products.All;

    /// <summary>Only for instants that are recorded (audit, alerts): rules take the business date.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The home's long-lived keys.</summary>
    public required Secrets Secrets { get; init; }

    /// <summary>Every id that we make.</summary>
    public Ids Ids => new(Secrets.IdKey);

    /// <summary>Individual Numbers.</summary>
    public NumberVault Numbers => new(Secrets);

    /// <summary>The keys of applications.</summary>
    public ApplicationKeys Keys => new(Path.Combine(Home.Keys, "applications"));

    /// <summary>Encrypted scans and photographs.</summary>
    public SecretStore Store => new(Home);

    /// <summary>Where files are staged before a drop is decided.</summary>
    public Staging Staging => new(Home.Outbox);

    /// <summary>What files say that leave the house, until they are in place.</summary>
    public KeptFiles Kept => new(
        (context, plain) => Cipher.Encrypt(Secrets.PieceKey, plain, context),
        (context, cipher) => Cipher.Decrypt(Secrets.PieceKey, cipher, context));

    /// <summary>Hands sealed drops over.</summary>
    public Handovers Handovers => new(Database, new DropPublisher(Home.Outbox), Kept, Clock);

    /// <summary>Makes everything that hangs on the home and the policy (keys, vaults) from these four.</summary>
    public static NightServices Create(Home home, NpgsqlDataSource database, Policy policy, TimeProvider clock) =>
        new()
        {
            Home = home,
            Database = database,
            Policy = policy,
            Clock = clock,
            Secrets = Secrets.LoadOrCreate(home, (policy ?? throw new ArgumentNullException(nameof(policy))).Production),
        };
}
