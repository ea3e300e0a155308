using System.Net.Http.Headers;
using System.Text.Json;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Jobs.Cli;

namespace MyNumber.Jobs.Alerting;

/// <summary>
/// Posts each message as JSON. Any 2xx means taken; nothing else does, redirects neither. The id, also in the header
/// `Idempotency-Key`, is the same when a message comes twice.
/// </summary>
internal sealed class WebhookChannel(WebhookSettings settings, string home) : IAlertChannel
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);

    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // The name is asked for anew now and then: a receiver may move.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = AnswerMax,
    };

    public string Name => "webhook";

    public async Task SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url);
        request.Headers.Add("Idempotency-Key", message.Id);
        if (settings.Token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
        }

        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                message.Id,
                Home = home,
                message.Kind,
                message.Number,
                message.Code,
                message.Subject,
                message.WhatToDo,
                message.Since,
                message.At,
            },
            JsonLines.Options));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                throw new AlertNotTakenException($"http-{(int)answer.StatusCode}");
            }
        }
        catch (HttpRequestException away)
        {
            throw new AlertNotTakenException($"{away.HttpRequestError}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new AlertNotTakenException("no-answer");
        }
    }
}
