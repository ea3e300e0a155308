using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace MyNumber.Jobs.Web;

/// <summary>
/// Slows guessing down (R95, sign-in): whoever asks wrongly too often is answered no more for a while, rightly or
/// wrongly. Right answers cost nothing, so that a busy office is not locked out.
/// </summary>
public sealed class GuessGuard : IDisposable
{
    /// <summary>Wrong guesses in a row that are answered.</summary>
    public const int WrongMax = 20;

    /// <summary>How long until one more wrong guess is allowed.</summary>
    public static readonly TimeSpan OneMoreAfter = TimeSpan.FromSeconds(3);

    // Beyond this many callers the oldest limits are forgotten at once: memory has a bound, too.
    private const int CallersMax = 10_000;

    private readonly ConcurrentDictionary<string, TokenBucketRateLimiter> _callers = new();

    /// <summary>True where this caller is still answered.</summary>
    public bool Allows(string caller) => Of(caller).GetStatistics()?.CurrentAvailablePermits > 0;

    /// <summary>Notes a wrong guess.</summary>
    public void Wrong(string caller)
    {
        using var lease = Of(caller).AttemptAcquire();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var limiter in _callers.Values)
        {
            limiter.Dispose();
        }
    }

    private TokenBucketRateLimiter Of(string caller)
    {
        if (_callers.Count >= CallersMax)
        {
            _callers.Clear();
        }

        return _callers.GetOrAdd(caller, _ => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = WrongMax,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = OneMoreAfter,
            AutoReplenishment = true,
            QueueLimit = 0,
        }));
    }
}
