namespace MyNumber.Templates.Forms;

/// <summary>
/// The machine-readable mark that tells which form, version and page a sheet is, on every page of every form, with or
/// without a QR code: a row of 20 modules, black or white, to the right of `registration_1` (top left). It is the
/// orientation aid too: a sheet that lies upside down has no valid mark at this place.
/// </summary>
/// <remarks>
/// Modules from left to right: black, white (start) · 3 bits kind · 2 bits page · 6 bits version · 5 bits check, most
/// significant first, black is 1 · white, black (end). The check is a CRC-5 (x⁵+x²+1, started with ones) over the 11
/// bits before it. `registration_1` ends at x = 14 mm; the row begins at 18 mm, so that the two never touch.
/// </remarks>
public sealed record FormMark(string Kind, int Version, int Page)
{
    /// <summary>Left edge of the first module, mm from the left of the trimmed page.</summary>
    public const double LeftMm = 18;

    /// <summary>Top edge of the modules, mm from the top.</summary>
    public const double TopMm = 9;

    /// <summary>Width of one module, mm.</summary>
    public const double ModuleWidthMm = 2;

    /// <summary>Height of one module, mm.</summary>
    public const double ModuleHeightMm = 4;

    /// <summary>Number of modules, guards included.</summary>
    public const int Modules = 20;

    /// <summary>Largest version the mark can carry.</summary>
    public const int VersionMax = 63;

    // The order is the code: a kind's place in it never changes.
    private static readonly string[] Kinds =
        [FormKinds.Application, FormKinds.Handwritten, FormKinds.Renewal, FormKinds.Reapplication];

    /// <summary>The box of module <paramref name="index"/> (0 is the leftmost), the same on every page.</summary>
    public static Box ModuleBox(int index) =>
        new(LeftMm + (index * ModuleWidthMm), TopMm, ModuleWidthMm, ModuleHeightMm);

    /// <summary>The box of the whole row.</summary>
    public static Box Zone { get; } = new(LeftMm, TopMm, Modules * ModuleWidthMm, ModuleHeightMm);

    /// <summary>The 20 modules from left to right; true is black.</summary>
    /// <exception cref="InvalidOperationException">The kind, version or page has no code.</exception>
    public bool[] Encode()
    {
        var kind = Array.IndexOf(Kinds, Kind);
        if (kind < 0 || Version is < 1 or > VersionMax || Page is < 1 or > 3)
        {
            throw new InvalidOperationException($"No form mark for {Kind}, version {Version}, page {Page}.");
        }

        var data = (kind << 8) | (Page << 6) | Version;
        var bits = (data << 5) | Check(data);
        var modules = new bool[Modules];
        modules[0] = true;
        modules[^1] = true;
        for (var i = 0; i < 16; i++)
        {
            modules[2 + i] = ((bits >> (15 - i)) & 1) == 1;
        }

        return modules;
    }

    /// <summary>What the 20 sampled modules say; null where guards, check or code do not hold.</summary>
    public static FormMark? Decode(IReadOnlyList<bool> modules)
    {
        if (modules.Count != Modules || !modules[0] || modules[1] || modules[^2] || !modules[^1])
        {
            return null;
        }

        var bits = 0;
        for (var i = 0; i < 16; i++)
        {
            bits = (bits << 1) | (modules[2 + i] ? 1 : 0);
        }

        var data = bits >> 5;
        var (kind, page, version) = (data >> 8, (data >> 6) & 3, data & VersionMax);
        return Check(data) == (bits & 31) && kind < Kinds.Length && page > 0 && version > 0
            ? new FormMark(Kinds[kind], version, page)
            : null;
    }

    private static int Check(int data)
    {
        var crc = 31;
        for (var i = 10; i >= 0; i--)
        {
            var top = ((crc >> 4) ^ (data >> i)) & 1;
            crc = (crc << 1) & 31;
            crc ^= top == 1 ? 0b00101 : 0;
        }

        return crc;
    }
}
