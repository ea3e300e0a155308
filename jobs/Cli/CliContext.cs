using System.CommandLine;
using System.Text.Json;
using MyNumber.Batch;
using MyNumber.Batch.Database;
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

    /// <summary>Ends the command early: Ctrl+C or SIGTERM.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>Where results go.</summary>
    public TextWriter Out => Console.Out;

    /// <summary>Where sentences for the person go; never results.</summary>
    public TextWriter Error => Console.Error;

    /// <summary>The one clock of this process; rules get dates, never this.</summary>
    public TimeProvider Clock => TimeProvider.System;

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

    /// <summary>The value of an option, or its default.</summary>
    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>The database of this home.</summary>
    /// <exception cref="NpgsqlException">The server cannot be reached (exit status 3).</exception>
    public async Task<NpgsqlDataSource> DatabaseAsync()
    {
        if (_database is null)
        {
            _ = Home;
            _database = NpgsqlDataSource.Create(Settings.Connection);
            // Opened once here, so that a server that is not there is one clear sentence and not a failure later.
            await using var connection = await _database.OpenConnectionAsync(cancellation);
        }

        return _database;
    }

    /// <summary>Writes one JSON object as one line on standard output.</summary>
    public void WriteJson<T>(T value) => Out.WriteLine(JsonSerializer.Serialize(value, JsonLines.Options));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private static Home OpenHome(string path)
    {
        try
        {
            return new Home(path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new UnusableException(
                $"The home {path} cannot be used: make it a writable folder, or name another with MYNUMBER_HOME.");
        }
    }
}
