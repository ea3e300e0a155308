using MailKit.Security;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Jobs.Cli;

namespace MyNumber.Jobs.Alerting;

/// <summary>Section `alerts` of the settings: what is an alert, and where it is told.</summary>
public sealed record AlertSettings
{
    /// <summary>After this an alert that nobody has seen is told again; zero: never.</summary>
    public TimeSpan RemindAfter { get; init; } = new EngineOptions().RemindAfter;

    /// <summary>A part in hand for this many times the median of its step straggles.</summary>
    public double StragglerFactor { get; init; } = new EngineOptions().StragglerFactor;

    /// <summary>No part straggles before this.</summary>
    public TimeSpan StragglerMin { get; init; } = new EngineOptions().StragglerMin;

    /// <summary>Address of the operator pages as people reach them, named in e-mails; empty: not named.</summary>
    public string Pages { get; init; } = "";

    /// <summary>A web address that is sent each message as JSON; null: none.</summary>
    public WebhookSettings? Webhook { get; init; }

    /// <summary>A mail server; null: none.</summary>
    public EmailSettings? Email { get; init; }

    /// <summary>Reads them.</summary>
    /// <exception cref="UsageException">One cannot be used; the sentence names it.</exception>
    public static AlertSettings Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        try
        {
            var settings = configuration.GetSection("alerts").Get<AlertSettings>() ?? new AlertSettings();
            Require(settings.StragglerFactor > 1, "stragglerFactor", "is above 1");
            Require(settings.RemindAfter >= TimeSpan.Zero, "remindAfter", "is not negative");
            Require(settings.Pages.Length == 0 || IsWebAddress(settings.Pages), "pages", "is an http or https address");
            Require(settings.Webhook is not { } hook || IsWebAddress(hook.Url), "webhook:url", "is an http or https address");
            Require(
                settings.Email is not { } mail || (mail.Host.Length > 0 && mail.From.Contains('@') && mail.To.Contains('@')),
                "email", "names host, from and to");
            return settings;
        }
        catch (InvalidOperationException refused)
        {
            throw new UsageException($"A setting below alerts cannot be read: {refused.Message}");
        }
    }

    /// <summary>The channels: the log always, the others where they are set.</summary>
    /// <param name="home">The home's id: who speaks.</param>
    public IReadOnlyList<IAlertChannel> Channels(string home)
    {
        List<IAlertChannel> channels = [new LogChannel()];
        if (Webhook is not null)
        {
            channels.Add(new WebhookChannel(Webhook, home));
        }

        if (Email is not null)
        {
            channels.Add(new EmailChannel(Email, home, Pages));
        }

        return channels;
    }

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    private static void Require(bool holds, string setting, string must)
    {
        if (!holds)
        {
            throw new UsageException($"Setting alerts:{setting} is refused: it must be one that {must}.");
        }
    }
}

/// <summary>A web address that takes alerts.</summary>
public sealed record WebhookSettings
{
    /// <summary>Where each message is posted.</summary>
    public string Url { get; init; } = "";

    /// <summary>Sent as `Authorization: Bearer …`; empty: nothing is sent.</summary>
    public string Token { get; init; } = "";
}

/// <summary>A mail server that takes alerts.</summary>
public sealed record EmailSettings
{
    /// <summary>Its name.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 587;

    /// <summary>`StartTls` (refused where the server cannot), `SslOnConnect`, or `None` for a server on this machine.</summary>
    public SecureSocketOptions Security { get; init; } = SecureSocketOptions.StartTls;

    /// <summary>Account; empty: none.</summary>
    public string User { get; init; } = "";

    /// <summary>Its password; by environment, not by file.</summary>
    public string Password { get; init; } = "";

    /// <summary>Sender.</summary>
    public string From { get; init; } = "";

    /// <summary>Receivers, joined by commas.</summary>
    public string To { get; init; } = "";
}
