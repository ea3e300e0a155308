namespace MyNumber.Templates;

/// <summary>
/// Something that is made from files or native libraries when it is first wanted, and kept for the process. A failure is not
/// kept: a type whose initialiser threw, or a Lazy, would go on failing when the font, the package or the disk is back, until
/// somebody restarts every worker. No static may read a file or a native library otherwise (tests/unit/StaticsTests).
/// </summary>
/// <param name="make">Makes it; called again after it threw.</param>
public sealed class Reloadable<T>(Func<T> make) where T : class
{
    private readonly Lock _one = new();
    private T? _value;

    /// <summary>The value, made now if it was not made yet.</summary>
    public T Value
    {
        get
        {
            if (Volatile.Read(ref _value) is { } made)
            {
                return made;
            }

            lock (_one)
            {
                if (_value is null)
                {
                    Volatile.Write(ref _value, make());
                }

                return _value!;
            }
        }
    }
}
