using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch;
using MyNumber.Batch.Calendar;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Operators;

namespace MyNumber.Tests.Bench;

/// <summary>
/// `bench large`: two nights of a large day, step by step, in one process. The first takes in a register and online
/// applications; in the second the vendor answers a drop of as many pieces as there are lines. Applications come without
/// photographs: what is measured is what grows with rows, not reading.
/// </summary>
internal static class LargeBench
{
    private const string Municipality = "131016";
    private const string AnsweredDrop = "TEST-20261101-validity-notice-001";
    private static readonly DateOnly First = new(2026, 11, 24);

    public static async Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var online = Arguments.Number(arguments, "--online", 30_000);
        var residents = Arguments.Number(arguments, "--residents", 300_000);
        var answers = Arguments.Number(arguments, "--answers", 300_000);
        await using var home = await BenchHome.CreateAsync(cancellation);
        var services = NightServices.Create(home.Home, home.Database, new Policy(), TimeProvider.System);
        var engine = Night.CreateEngine(services, new EngineOptions());
        Register(home, residents, online);
        Online(home, online);
        Console.WriteLine($"| step | {online:N0} online applications, {residents:N0} residents | {answers:N0} lines of answers |");
        Console.WriteLine("|---|---|---|");
        var first = await NightAsync(engine, First, cancellation);
        await PiecesAsync(home, Math.Min(answers, residents), cancellation);
        Answers(home, answers);
        var second = await NightAsync(engine, First.AddDays(1), cancellation);
        foreach (var (step, seconds) in first)
        {
            Console.WriteLine(FormattableString.Invariant($"| {step} | {seconds:0.0} s | {second[step]:0.0} s |"));
        }

        var posted = await home.NumbersAsync("SELECT count(*) FROM piece WHERE state = 'posted'", cancellation);
        Console.WriteLine($"{posted[0]:N0} pieces posted; the process took {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MB at most.");
    }

    private static async Task<Dictionary<string, double>> NightAsync(RunEngine engine, DateOnly date, CancellationToken cancellation)
    {
        var seconds = new Dictionary<string, double>();
        foreach (var step in engine.Steps("night"))
        {
            var opened = await engine.Opener.OpenNightAsync(date, step.Name, cancellation);
            var clock = Stopwatch.StartNew();
            await engine.WorkUntilIdleAsync(cancellation);
            seconds[step.Name] = clock.Elapsed.TotalSeconds;
            Console.Error.WriteLine(FormattableString.Invariant($"{date:yyyy-MM-dd} {step.Name}: {seconds[step.Name]:0.0} s"));
            if (await new OperatorActs(engine).FailedAsync(opened.RunId, cancellation) is [var failed, ..])
            {
                throw new InvalidOperationException($"{failed.Step} {failed.Act} failed: {failed.ErrorClass} {failed.ErrorText}");
            }
        }

        return seconds;
    }

    private static void Register(BenchHome home, int residents, int online)
    {
        Folder(home, "register", "LARGE",
            ("municipalities.csv", writer =>
            {
                writer.Write("municipality_code,name,prefecture,pickup_place,pickup_address,pickup_phone,earliest_pickup_days,storage_months,notice_in_envelope,reminder_after_days\n");
                writer.Write($"{Municipality},千代田区,東京都,区役所,九段南1-2-1,03-0000-0000,7,3,0,\n");
            }),
            ("residents.csv", writer =>
            {
                writer.Write("resident_id,individual_number,name,name_kana,alternative_letters,birth_date,sex,postal_code,address,delivery_postal_code,delivery_address,municipality_code,registered_on,left_on,left_reason,adult_ward,stay_until,household_id,household_head,number_assigned_on\n");
                for (var n = 0; n < residents; n++)
                {
                    var eleven = Invariant($"{10_000_000_000 + n}");
                    writer.Write(Invariant($"R{n},{eleven}{IndividualNumber.CheckDigit(eleven)},見本　花子,ミホン　ハナコ,,1990-04-01,F,1000001,千代田　{n}-1,,,{Municipality},2020-01-01,,,0,,H{n / 2},見本　花子,2015-10-05\n"));
                }
            }),
            ("forms.csv", writer =>
            {
                writer.Write("application_id,resident_id,kind,issued_on,printed_name,printed_address,masked\n");
                for (var n = 0; n < online; n++)
                {
                    writer.Write(Invariant($"{n:D23},R{n},qr,2026-10-01,見本　花子,千代田　{n}-1,0\n"));
                }
            }));
    }

    private static void Online(BenchHome home, int online) =>
        Folder(home, "online", "LARGE", ("applications.csv", writer =>
        {
            writer.Write("application_id,submitted_at,email,birth_date,braille,no_signature_certificate,no_user_certificate,photo,representative_name,representative_relation\n");
            for (var n = 0; n < online; n++)
            {
                writer.Write(Invariant($"{n:D23},2026-11-24T{n / 3600 % 24:D2}:{n / 60 % 60:D2}:{n % 60:D2}+09:00,a{n}@example.jp,1990-04-01,0,0,0,,,\n"));
            }
        }));

    // A drop that is out: made here, as the vendor's answers are what is measured.
    private static Task PiecesAsync(BenchHome home, int pieces, CancellationToken cancellation) => home.ExecuteAsync(
        $"""
        WITH out AS (
          INSERT INTO drop (run_id, folder, product, business_date, number, state, manifest_sha256)
          SELECT min(id), 'print/{AnsweredDrop}', 'validity-notice', '2026-11-01', 1, 'published', repeat('0', 64) FROM run RETURNING id)
        INSERT INTO piece (piece_id, product, subject, occasion, generation, state, document, resident_id, municipality_code, wanted_on,
          state_on, drop_id, sequence, chunk)
        SELECT 'P' || n, 'validity-notice', 'C' || n, 'card:2027-01-01', 1, 'acknowledged', 'validity-notice-card', 'R' || n,
          '{Municipality}', '2026-11-01', '2026-11-01', out.id, n + 1, n / 5000 + 1
        FROM out, generate_series(0, {pieces - 1}) AS n
        """, cancellation);

    private static void Answers(BenchHome home, int answers)
    {
        var folder = Directory.CreateDirectory(Path.Combine(home.Home.Inbox, "vendor")).FullName;
        var name = $"{AnsweredDrop}.posted";
        using (var writer = new StreamWriter(Path.Combine(folder, $"{name}.csv")))
        {
            writer.Write("piece_id,posted_on\n");
            for (var n = 0; n < answers; n++)
            {
                writer.Write(Invariant($"P{n},2026-11-25\n"));
            }
        }

        File.WriteAllText(Path.Combine(folder, $"{name}.done"), $"{Hash(Path.Combine(folder, $"{name}.csv"))}  {name}.csv\n");
    }

    private static void Folder(BenchHome home, string area, string name, params (string File, Action<TextWriter> Write)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(home.Home.Inbox, area, name)).FullName;
        var marker = new StringBuilder();
        foreach (var (file, write) in files.OrderBy(file => file.File, StringComparer.Ordinal))
        {
            using (var writer = new StreamWriter(Path.Combine(folder, file)))
            {
                write(writer);
            }

            marker.Append(CultureInfo.InvariantCulture, $"{Hash(Path.Combine(folder, file))}  {file}\n");
        }

        File.WriteAllText(Path.Combine(folder, "DONE"), marker.ToString());
    }

    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
