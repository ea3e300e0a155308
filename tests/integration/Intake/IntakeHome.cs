using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Calendar;
using MyNumber.Batch.Database;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Tests.Integration.Intake;

/// <summary>A home with its database, feeds written by hand, and the real steps run by the real engine.</summary>
public sealed class IntakeHome : IAsyncDisposable
{
    public const string MunicipalityHeader =
        "municipality_code,name,prefecture,pickup_place,pickup_address,pickup_phone,earliest_pickup_days,storage_months,notice_in_envelope,reminder_after_days\n";

    public const string ResidentHeader =
        "resident_id,individual_number,name,name_kana,alternative_letters,birth_date,sex,postal_code,address,delivery_postal_code,delivery_address,municipality_code,registered_on,left_on,left_reason,adult_ward,stay_until,household_id,household_head,number_assigned_on\n";

    public const string FormHeader = "application_id,resident_id,kind,issued_on,printed_name,printed_address,masked\n";

    public const string CardHeader =
        "card_id,resident_id,issued_on,valid_until,signature_certificate_until,user_certificate_until,state\n";

    public const string ManifestHeader = "envelope,sheet,side,file,page,sha256,received_on,locator,kind\n";

    public const string EventHeader = "event_id,occurred_at,kind,municipality_code,subject,value,note\n";

    public const string OnlineHeader =
        "application_id,submitted_at,email,birth_date,braille,no_signature_certificate,no_user_certificate,photo,representative_name,representative_relation,channel\n";

    public const string Municipality = "13101,緑川市,東京県,緑川市役所,緑川市本町1-1,03-0000-0000,7,3,0,\n";

    public static readonly DateOnly Date = new(2026, 11, 24);

    private readonly TestDatabase _database = new();

    public Home Home { get; } = new(Directory.CreateTempSubdirectory("intake-home-").FullName);

    public NightServices Services { get; private set; } = null!;

    public RunEngine Engine { get; private set; } = null!;

    public static async Task<IntakeHome> CreateAsync(
        Func<NightServices, IReadOnlyList<StepDefinition>>? steps = null, Policy? policy = null)
    {
        var home = new IntakeHome();
        await home._database.InitializeAsync();
        home.Services = NightServices.Create(home.Home, home._database.DataSource, policy ?? new Policy(), TimeProvider.System);
        var night = steps?.Invoke(home.Services) ?? [new IntakeStep(home.Services).Definition];
        home.Engine = new RunEngine(
            home._database.DataSource, new Dictionary<string, IReadOnlyList<StepDefinition>> { ["night"] = night },
            home.Home.Outbox, TimeProvider.System, new EngineOptions());
        return home;
    }

    public static string Resident(
        string id, string elevenDigits, string municipality = "13101", string left = ",", string name = "見本　花子",
        string address = "緑川市本町　2-3") =>
        $"{id},{Number(elevenDigits)},{name},ミホン　ハナコ,,1990-04-01,F,1000001,{address},,,{municipality},2020-01-01,{left},0,,H{id},{name},2015-10-05\n";

    public static string Number(string elevenDigits) => elevenDigits + IndividualNumber.CheckDigit(elevenDigits);

    /// <summary>Writes a folder feed with its marker.</summary>
    public void Folder(string area, string name, params (string File, byte[] Content)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Home.Inbox, area, name)).FullName;
        foreach (var (file, content) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, file), content);
        }

        File.WriteAllText(Path.Combine(folder, "DONE"), string.Concat(files
            .OrderBy(file => file.File, StringComparer.Ordinal).Select(file => $"{Hash(file.Content)}  {file.File}\n")));
    }

    /// <summary>Writes a single-file feed with its marker.</summary>
    public void OneFile(string area, string name, string csv)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Home.Inbox, area)).FullName;
        File.WriteAllText(Path.Combine(folder, $"{name}.csv"), csv);
        File.WriteAllText(Path.Combine(folder, $"{name}.done"), $"{Hash(Utf8(csv))}  {name}.csv\n");
    }

    public void Register(string name, string? residents = null, string? forms = null, string? cards = null,
        string? municipalities = Municipality) =>
        Folder("register", name, [.. new[]
            {
                ("municipalities.csv", municipalities is null ? null : MunicipalityHeader + municipalities),
                ("residents.csv", residents is null ? null : ResidentHeader + residents),
                ("forms.csv", forms is null ? null : FormHeader + forms),
                ("cards.csv", cards is null ? null : CardHeader + cards),
            }
            .Where(file => file.Item2 is not null).Select(file => (file.Item1, Utf8(file.Item2!)))]);

    /// <summary>Writes a scan drop; a row is `envelope,sheet,side,file,page,received_on,kind`.</summary>
    public void Scans(string name, (string File, byte[] Content)[] images, params string[] rows)
    {
        var hashes = images.ToDictionary(image => image.File, image => Hash(image.Content));
        var manifest = ManifestHeader + string.Concat(rows.Select(row => row.Split(',')).Select(cell =>
            $"{cell[0]},{cell[1]},{cell[2]},{cell[3]},{cell[4]},{hashes[cell[3]]},{cell[5]},BOX-1,{cell[6]}\n"));
        Folder("scans", name, [("manifest.csv", Utf8(manifest)), .. images]);
    }

    public async Task<string> NightAsync(DateOnly? date = null)
    {
        var opened = await Engine.Opener.OpenNightAsync(date ?? Date, null, AnyDate.Meant, CancellationToken.None);
        await Engine.WorkUntilIdleAsync(CancellationToken.None);
        var failed = await ScalarAsync<string?>(
            "SELECT string_agg(act || ' ' || error_class || ' ' || coalesce(error_text, ''), '; ') FROM part WHERE state = 'failed'");
        return failed ?? await ScalarAsync<string>("SELECT state FROM run WHERE id = @id", new { id = opened.RunId });
    }

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    public string Rejected(string feed) => File.ReadAllText(Path.Combine(Home.Inbox, "rejected", $"{feed}.rejected.csv"));

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(Home.Root, recursive: true);
    }
}
