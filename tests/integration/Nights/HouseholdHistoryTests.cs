using System.Globalization;
using Dapper;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Tests.Integration.Intake;
using static MyNumber.Tests.Integration.Intake.IntakeHome;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// R43, R80, R98 over random histories: whatever happens to a register and to its letters, no sealed page shows a person
/// beside another household's address, no protected address stands outside its own piece, nobody is left out, and no number
/// is told twice. docs/measurements.md has the seeds and counts of long runs.
/// </summary>
public sealed class HouseholdHistoryTests
{
    private const int Nights = 9;
    private const int CalmNights = 4;
    private static readonly DateOnly Start = new(2026, 11, 23);

    [Fact]
    public async Task No_random_history_tells_anybody_what_is_anothers()
    {
        // `MYNUMBER_HISTORIES=SEED:COUNT` plays a long run.
        var (seed, count) = Environment.GetEnvironmentVariable("MYNUMBER_HISTORIES")?.Split(':') is [var from, var many]
            ? (int.Parse(from, CultureInfo.InvariantCulture), int.Parse(many, CultureInfo.InvariantCulture)) : (1, 3);
        var (pieces, protectedPieces, split) = (0L, 0L, 0L);
        for (var i = 0; i < count; i++)
        {
            await using var history = await History.BeginAsync(seed + i);
            await history.PlayAsync();
            pieces += history.Pieces;
            protectedPieces += history.ProtectedPieces;
            split += await history.SplitAsync();
        }

        // A history in which nothing happens would prove nothing.
        Assert.True(pieces > count * 25 && protectedPieces > 0
            && split > 0, $"{pieces} pieces, {protectedPieces} protected, {split} split");
        Console.WriteLine($"{count} histories from seed {seed}: {count * (Nights + CalmNights)} nights, {pieces} pieces, {protectedPieces} to delivery addresses, {split} split");
    }

    private sealed class History : IAsyncDisposable
    {
        private readonly Random _dice;
        private readonly int _seed;
        private readonly HouseholdRegister _register;
        // Drops whose answers are to come; and what became of each piece: living until spoiled, refused or lost.
        private readonly List<string> _unanswered = [];
        private readonly Dictionary<string, SealedPiece> _living = [];
        private IntakeHome _home = null!;
        private bool _calm;

        private History(int seed) => (_seed, _dice, _register) = (seed, new Random(seed), new HouseholdRegister(new Random(seed)));

        public long Pieces { get; private set; }

        public long ProtectedPieces { get; private set; }

        public static async Task<History> BeginAsync(int seed)
        {
            var history = new History(seed);
            history._home = await IntakeHome.CreateAsync(services =>
            {
                var print = new PrintStep(services).Definition;
                return
                [
                    new IntakeStep(services).Definition, new NoticesStep(services).Definition,
                    // Between wanting and freezing, and between freezing and the seal, the register may change too.
                    new StepDefinition("between", Act.OfRows((context, _) => history.SurpriseAsync(context)),
                        Act.OfRows((_, _) => Task.CompletedTask), []),
                    print with
                    {
                        Seal = async (context, cancellation) =>
                        {
                            await history.SurpriseAsync(context);
                            await print.Seal!(context, cancellation);
                        },
                    },
                    new VendorStep(services).Definition,
                ];
            });
            return history;
        }

        public async Task PlayAsync()
        {
            for (var night = 0; night < Nights + CalmNights; night++)
            {
                var day = Start.AddDays(night);
                _calm = night >= Nights;
                await RunAsync(day);
                Live(day, night);
                Feed(day, night);
                var state = await _home.NightAsync(day);
                Assert.True(state == "complete", $"seed {_seed}, night {night}: {state}");
                Look(day, night);
            }

            NobodyIsLeftOut();
            NothingElseLeaves();
        }

        public Task<long> SplitAsync() => _home.ScalarAsync<long>("SELECT count(*) FROM piece WHERE split_from IS NOT NULL");

        public ValueTask DisposeAsync() => _home.DisposeAsync();

        private void Live(DateOnly day, int night)
        {
            if (night == 0)
            {
                for (var i = 0; i < 6; i++)
                {
                    _register.MoveIn(day);
                }

                return;
            }

            for (var i = _calm ? 0 : _dice.Next(2, 9); i > 0; i--)
            {
                _register.Happen(day);
            }

            if (_calm)
            {
                _register.Mend();
            }
        }

        private void Feed(DateOnly day, int night)
        {
            var rows = _register.Changed.OrderBy(person => person.Id, StringComparer.Ordinal).ToList();
            _home.Register(
                $"R{night:D2}", string.Concat(rows.Select(person => person.Row())),
                cards: string.Concat(rows.Where(person => person is { CardEnds: not null } && person.Since == day).Select(person =>
                    $"C{person.Id},{person.Id},2020-05-01,{Text(person.CardEnds!.Value)},{Text(person.CardEnds!.Value)},,valid\n")),
                municipalities: "131016,千代田区,東京都,区役所,東京都千代田区九段南1-2-1,03-0000-0000,3,3,0,\n"
                    + "271004,大阪市,大阪府,市役所,大阪府大阪市北区中之島1-3-20,06-0000-0000,5,4,1,\n");
            _register.Changed.Clear();
            if (!_calm && _register.People.Find(person => person.IsHere) is { } asks)
            {
                _home.OneFile(
                    "events", $"E{night:D2}",
                    EventHeader + $"E{night:D2},{Text(day)}T00:00:00+09:00,form-reissue-requested,{asks.Municipality},{asks.Id},,\n");
            }
        }

        private async Task SurpriseAsync(StoreContext context)
        {
            if (!_calm && _dice.Next(3) == 0)
            {
                await context.Connection.ExecuteAsync(_register.ProtectSql(), transaction: context.Transaction);
            }
        }

        // Every page of the night, and that no number lies in two pieces that are on the way.
        private void Look(DateOnly day, int night)
        {
            var printed = Path.Combine(_home.Home.Outbox, "print");
            foreach (var drop in Directory.Exists(printed) ? Directory.EnumerateDirectories(printed, $"*{day:yyyyMMdd}-*") : [])
            {
                _unanswered.Add(drop);
                Assert.Empty(Preflight.Check(drop));
                foreach (var piece in HouseholdPages.Read(drop))
                {
                    Assert.True(
                        HouseholdPages.Faults(piece, _register).FirstOrDefault() is not { } fault,
                            $"seed {_seed}, night {night}: {HouseholdPages.Faults(piece, _register).FirstOrDefault()}");
                    Assert.True(piece.Replaces.Length == 0
                        || !_living.ContainsKey(piece.Replaces), $"seed {_seed}, night {night}: a reprint of a piece on its way");
                    _living.Add(piece.Id, piece);
                    Pieces++;
                    ProtectedPieces += _register.Deliveries.Any(address =>
                        piece.Outside.Contains(address.Replace("　", "", StringComparison.Ordinal), StringComparison.Ordinal)) ? 1 : 0;
                }
            }

            foreach (var number in _register.People.SelectMany(person => person.Numbers))
            {
                Assert.True(Telling(number) <= 1, $"seed {_seed}, night {night}: a number is told twice");
            }
        }

        private int Telling(string number) => _living.Values.Count(piece =>
            piece.Drop.Contains("individual-number", StringComparison.Ordinal) && piece.Text.Contains(number, StringComparison.Ordinal));

        private void NobodyIsLeftOut()
        {
            foreach (var person in _register.People.Where(person => person.IsHere))
            {
                var owed = person.Assigned > new DateOnly(2026, 1, 1);
                Assert.True(Telling(person.Number) == (owed ? 1 : 0), $"seed {_seed}: {person.Id} was told {Telling(person.Number)} times");
            }
        }

        // A protected address stands in no other file that leaves the house; no name, no number either.
        private void NothingElseLeaves()
        {
            foreach (var file in Directory.EnumerateFiles(_home.Home.Outbox, "*", SearchOption.AllDirectories)
                .Where(path => !path.EndsWith(".pdf", StringComparison.Ordinal) && !path.Contains("/.staging/", StringComparison.Ordinal)))
            {
                var text = File.ReadAllText(file);
                Assert.DoesNotContain(_register.Addresses, address => text.Contains(address, StringComparison.Ordinal));
                Assert.DoesNotContain(_register.People, person => person.Names.Any(name => text.Contains(name, StringComparison.Ordinal)));
                Assert.DoesNotContain(_register.People, person =>
                    person.Numbers.Exists(number => text.Contains(number, StringComparison.Ordinal)));
            }
        }

        // The vendor's answers to the night before; and some posted letters are declared lost by two people.
        private async Task RunAsync(DateOnly day)
        {
            foreach (var drop in _unanswered)
            {
                var files = Directory.EnumerateFiles(drop).Where(
                    path => Path.GetFileName(path) is not ("READY" or "control.json")).Order(StringComparer.Ordinal).ToList();
                var refused = !_calm && _dice.Next(8) == 0;
                Answer(drop, "ack", "file,sha256,pieces,accepted,reason\n" + string.Concat(files.Select(path =>
                {
                    var pieces = _living.Values.Count(
                        piece => piece.File == Path.GetFileName(path) && piece.Drop == Path.GetFileName(drop));
                    var accepted = refused && path.EndsWith(".pdf", StringComparison.Ordinal) ? 0 : 1;
                    return $"{Path.GetFileName(path)},{Hash(File.ReadAllBytes(path))},{pieces},{accepted},\n";
                })));
                var own = _living.Values.Where(piece => piece.Drop == Path.GetFileName(drop)).OrderBy(
                    piece => piece.Id, StringComparer.Ordinal).ToList();
                var spoiled = own.Where(_ => refused || (!_calm && _dice.Next(3) == 0)).ToList();
                spoiled.ForEach(piece => _living.Remove(piece.Id));
                if (!refused)
                {
                    Answer(drop, "spoiled", "piece_id,reason\n" + string.Concat(spoiled.Select(piece => $"{piece.Id},jam\n")));
                    Answer(drop, "posted", "piece_id,posted_on\n" + string.Concat(
                        own.Except(spoiled).Select(piece => $"{piece.Id},{Text(day)}\n")));
                }
            }

            _unanswered.Clear();
            if (!_calm && _living.Count > 0 && _dice.Next(3) == 0)
            {
                var lost = _living.Values.Where(piece => piece.Drop.Contains("individual-number",
                    StringComparison.Ordinal)).Select(piece => piece.Id).Order(StringComparer.Ordinal).FirstOrDefault();
                var declared = lost is null ? LostOutcome.Unknown : LostOutcome.First;
                foreach (var person in lost is null ? [] : new[] { "lost-1", "lost-2" })
                {
                    declared = await LostPieces.DeclareAsync(
                        _home.Services.Database, lost!, person, "a test", new(
                            day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(9)), CancellationToken.None);
                }

                if (declared == LostOutcome.Declared)
                {
                    _living.Remove(lost!);
                }
            }
        }

        private void Answer(string drop, string kind, string csv)
        {
            if (csv.Count(c => c == '\n') > 1)
            {
                _home.OneFile("vendor", $"{Path.GetFileName(drop)}.{kind}", csv);
            }
        }

        private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
