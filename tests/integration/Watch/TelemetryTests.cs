using System.Collections.Concurrent;
using System.Net;
using System.Text;
using MyNumber.Tests.Integration.Nights;

namespace MyNumber.Tests.Integration.Watch;

/// <summary>Metrics and traces of the worker processes, as an OpenTelemetry receiver gets them.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Worker_processes_hand_a_span_a_part_and_their_counts_to_the_receiver_that_is_named()
    {
        using var product = new Product("traced");
        using var listener = new HttpListener();
        var port = Ports.Free();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var received = new ConcurrentBag<(string Path, string Body)>();
        var receiving = ReceiveAsync(listener, received);

        using (var night = product.Start(
            new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}",
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            },
            "night", "--date", "2026-11-24"))
        {
            var error = night.StandardError.ReadToEndAsync();
            await night.StandardOutput.ReadToEndAsync();
            await night.WaitForExitAsync();
            Assert.True(night.ExitCode == 0, await error);
        }

        listener.Stop();
        await receiving;
        var traces = string.Concat(received.Where(one => one.Path == "/v1/traces").Select(one => one.Body));
        foreach (var span in new[] { "intake plan", "read close", "status publish", "mynumber.business_date",
            "2026-11-24", "mynumber.outcome" })
        {
            Assert.Contains(span, traces, StringComparison.Ordinal);
        }

        var metrics = string.Concat(received.Where(one => one.Path == "/v1/metrics").Select(one => one.Body));
        foreach (var name in new[] { "mynumber.part.outcomes", "mynumber.part.claims", "mynumber.part.duration", "mynumber.worker.beats" })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }
    }

    private static async Task ReceiveAsync(HttpListener listener, ConcurrentBag<(string Path, string Body)> received)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
            received.Add((context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync()));
            context.Response.StatusCode = 200;
            context.Response.Close();
        }
    }
}
