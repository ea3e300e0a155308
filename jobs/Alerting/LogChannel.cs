using MyNumber.Batch.Runs.Alerting;
using Serilog;

namespace MyNumber.Jobs.Alerting;

/// <summary>Alerts in the log of whichever process delivers them; always there.</summary>
internal sealed class LogChannel : IAlertChannel
{
    public string Name => "log";

    public Task SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        if (message.Kind == "lowered")
        {
            Log.Information("Alert lowered: {Code}, {Subject}", message.Code, message.Subject);
        }
        else
        {
            Log.Warning(
                "Alert {Kind}: {Code}, {Subject}. {WhatToDo}", message.Kind, message.Code, message.Subject, message.WhatToDo);
        }

        return Task.CompletedTask;
    }
}
