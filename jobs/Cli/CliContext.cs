using System.CommandLine;
using System.Text.Json;
using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Jobs.People;
using Npgsql;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// What a verb gets: its arguments, the settings, the home and the database. Home and database are made when first
/// asked for, so that verbs without a database (`read`, `print`, `barcode` …) need none.
/// </summary>
public sealed class CliContext(ParseResult parsed, CancellationToken cancellation) : IAsyncDisposable
{
    private Settings? _settings;
    private Home? _home;
    private NpgsqlDataSource? _database;
    private NightServices? _services;
    private RunEngine? _engine;
    private Heartbeat? _heartbeat;
    private TextReader? _input;
    private TimeProvider? _clock;

    /// <summary>Ends the command early: Ctrl+C or SIGTERM.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>The account of the person whom `--by` names; set before the command runs. Null where it names none.</summary>
    internal Account? Actor { get; set; }

    internal ParseResult Parsed => parsed;

    /// <summary>What a person gives that is no argument: passwords.</summary>
    public TextReader Input => _input ??= new StreamReader(Console.OpenStandardInput(), new System.Text.UTF8Encoding(false));

    /// <summary>Where results go.</summary>
    public TextWriter Out => Console.Out;

    /// <summary>Where sentences for the person go; never results.</summary>
    public TextWriter Error => Console.Error;

    /// <summary>The one clock of this process; rules get dates, never this.</summary>
    /// <exception cref="UsageException">Another day is set for today, in production.</exception>
    public TimeProvider Clock => _clock ??= Settings.Today is { } today ? new TodayClock(today) : TimeProvider.System;

    /// <summary>`--json` was given.</summary>
    public bool Json => parsed.GetValue(CommandLine.Json);

    /// <summary>All settings, with `--home` applied.</summary>
    public Settings Settings => _settings ??= Settings.Load(parsed.GetValue(CommandLine.HomeFolder));

    /// <summary>RULES.md's policies.</summary>
    public Policy Policy => Settings.Policy;

    /// <summary>The home; made where it is missing.</summary>
    /// <exception cref="UnusableException">The folder cannot be made or written.</exception>
    public Home Home => _home ??= OpenHome(Settings.HomePath);

    /// <summary>The value of an argument.</summary>
    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>The value of an argument that may be missing.</summary>
    public T? Find<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>The value of an option, or its default. A person's name comes as the account has it, however it was typed.</summary>
    public T? Get<T>(Option<T> option) =>
        parsed.GetValue(option) is { } value ? (option.Name == "--by" && Actor is { Person: T name } ? name : value) : default;

    /// <summary>The database of this home.</summary>
    /// <exception cref="NpgsqlException">The server cannot be reached (exit status 3).</exception>
    public async Task<NpgsqlDataSource> DatabaseAsync()
    {
        if (_database is null)
        {
            try
            {
                _database = await HomeDatabase.OpenAsync(Home, Settings.Connection, cancellation);
            }
            catch (Exception refused) when (refused is HomeMovedException or DatabaseReplacedException)
            {
                throw new UsageException(refused.Message);
            }
        }

        return _database;
    }

    /// <summary>What the steps of this home's runs need.</summary>
    /// <exception cref="UsageException">Keys are lost: new ones could read nothing of what is stored.</exception>
    public async Task<NightServices> ServicesAsync()
    {
        if (_services is not null)
        {
            return _services;
        }

        var database = await DatabaseAsync();
        if (Secrets.Missing(Home) is { Count: > 0 } missing && await HasRunsAsync(database))
        {
            throw new UsageException(
                $"{string.Join(", ", missing)} of {Home.Root} missing: bring the key files back from their backup. New ones "
                + "could not read what is stored, so none are made.");
        }

        return _services = NightServices.Create(Home, database, Policy, Clock);
    }

    /// <summary>
    /// The run engine of this home. From now on this process watches the workers' beats: one that stands still may hold the
    /// very rows that the command wants, and perhaps nobody else is there to give it up.
    /// </summary>
    /// <exception cref="UsageException">A fault point is armed in production.</exception>
    public async Task<RunEngine> EngineAsync()
    {
        _engine ??= Night.CreateEngine(await ServicesAsync(), EngineSettings.Read(Settings));
        _heartbeat ??= Heartbeat.Start(_engine.Database, _engine.Options, null, _engine.Clock, Heartbeat.OnEvicted.Ignore);
        return _engine;
    }

    /// <summary>Writes one JSON object as one line on standard output.</summary>
    public void WriteJson<T>(T value) => Out.WriteLine(JsonSerializer.Serialize(value, JsonLines.Options));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _heartbeat?.Dispose();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private async Task<bool> HasRunsAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM run)");
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static Home OpenHome(string path)
    {
        try
        {
            return new Home(path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UnusableException(
                $"The home {path} cannot be used: make it a writable folder, or name another with MYNUMBER_HOME.");
        }
    }
}
