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
                return _value ?? Make();
            }
        }
    }

    private T Make()
    {
        try
        {
            var made = make();
            Volatile.Write(ref _value, made);
            return made;
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            // Nobody's fault who is printed or read just now: the program lacks something, and says it as a type would.
            throw new TypeInitializationException(typeof(T).FullName, failed);
        }
    }
}
