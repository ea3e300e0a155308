using System.Net;
using System.Net.Sockets;

namespace MyNumber.Tests.Integration.Watch;

internal static class Ports
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A port of this machine that nobody listens on.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until something is as it should be.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
