using System.Runtime.ExceptionServices;

namespace MyNumber.Batch.Printing;

/// <summary>
/// What came of work that was done beside other work: its value, or what it threw, thrown again where it is asked for.
/// </summary>
internal readonly struct Attempt<T>
{
    private readonly T _value;
    private readonly ExceptionDispatchInfo? _error;

    private Attempt(T value, ExceptionDispatchInfo? error) => (_value, _error) = (value, error);

    /// <summary>The value; throws what the work threw.</summary>
    public T Value
    {
        get
        {
            _error?.Throw();
            return _value;
        }
    }

    /// <summary>Does the work. Every exception is kept, for whoever asks decides whose fault it is.</summary>
    public static Attempt<T> Of(Func<T> work)
    {
        try
        {
            return new(work(), null);
        }
        catch (Exception error)
        {
            return new(default!, ExceptionDispatchInfo.Capture(error));
        }
    }
}
