using System.Globalization;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MimeKit;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Jobs.Alerting;

/// <summary>Sends each message as an e-mail; the same message has the same Message-ID when it comes twice.</summary>
internal sealed class EmailChannel(EmailSettings settings, string home, string pages) : IAlertChannel
{
    private const int AnswerMaxMs = 15_000;

    public string Name => "email";

    public async Task SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        using var client = new SmtpClient { Timeout = AnswerMaxMs };
        try
        {
            await client.ConnectAsync(settings.Host, settings.Port, settings.Security, cancellation);
            if (settings.User.Length > 0)
            {
                await client.AuthenticateAsync(settings.User, settings.Password, cancellation);
            }

            await client.SendAsync(Letter(message), cancellation);
            await client.DisconnectAsync(quit: true, cancellation);
        }
        catch (SmtpCommandException refused)
        {
            throw new AlertNotTakenException($"smtp-{(int)refused.StatusCode}");
        }
        catch (SocketException away)
        {
            throw new AlertNotTakenException($"{away.SocketErrorCode}");
        }
    }

    private MimeMessage Letter(AlertMessage message)
    {
        var letter = new MimeMessage
        {
            MessageId = $"{message.Id}.{home}@mynumber.invalid",
            Subject = $"[mynumber {home}] {Word(message)}: {message.Code}, {message.Subject}",
            Date = message.At.ToOffset(NightHours.Japan),
            Body = new TextPart("plain") { Text = Text(message) },
        };
        letter.From.Add(MailboxAddress.Parse(settings.From));
        letter.To.AddRange(InternetAddressList.Parse(settings.To));
        // No out-of-office replies to a machine.
        letter.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return letter;
    }

    private string Text(AlertMessage message)
    {
        var what = message.Kind == "lowered"
            ? "The cause is gone; nothing is left to do."
            : $"What to do: {message.WhatToDo}";
        var where = pages.Length == 0 ? "" : $"\nPages: {pages.TrimEnd('/')}/alerts\n";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Alert:    {message.Code}\nConcerns: {message.Subject}\nSince:    {message.Since.ToOffset(NightHours.Japan):yyyy-MM-dd HH:mm} Tokyo\n\n{what}\n{where}");
    }

    private static string Word(AlertMessage message) => message switch
    {
        { Kind: "reminder" } => string.Create(CultureInfo.InvariantCulture, $"still open ({message.Number})"),
        { Kind: "lowered" } => "over",
        _ => "alert",
    };
}
