using System.Globalization;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Hands metrics and traces of this process on by OpenTelemetry's protocol where OpenTelemetry's own variable names a
/// receiver (`OTEL_EXPORTER_OTLP_ENDPOINT`; the other `OTEL_…` variables count too). Children inherit it.
/// </summary>
public static class Telemetry
{
    /// <summary>The variable that switches the handing on on.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static bool HandsOn => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Endpoint));

    /// <summary>Starts it for a process without pages; disposing hands the last on. Null where nobody listens.</summary>
    public static IDisposable? Start() => HandsOn
        ? new Both(Meters().AddOtlpExporter().Build(), Traces())
        : null;

    /// <summary>Metrics for `/metrics`, and handed on as well where somebody listens.</summary>
    public static MeterProvider ForScraping()
    {
        var meters = Meters().AddMeter(RunGauges.Name).AddPrometheusExporter();
        return (HandsOn ? meters.AddOtlpExporter() : meters).Build();
    }

    private static MeterProviderBuilder Meters() =>
        Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource()).AddMeter(RunTelemetry.Name);

    private static TracerProvider Traces() =>
        Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource()).AddSource(RunTelemetry.Name).AddOtlpExporter().Build();

    private static ResourceBuilder Resource() => ResourceBuilder.CreateEmpty()
        .AddService(
            "mynumber", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(),
            serviceInstanceId: string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}"))
        .AddEnvironmentVariableDetector();

    private sealed class Both(MeterProvider meters, TracerProvider traces) : IDisposable
    {
        public void Dispose()
        {
            traces.Dispose();
            meters.Dispose();
        }
    }
}
