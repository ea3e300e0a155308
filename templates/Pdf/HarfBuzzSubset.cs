using System.Runtime.InteropServices;
using HarfBuzzSharp;

namespace MyNumber.Templates.Pdf;

/// <summary>
/// Cuts a font down to the glyphs that were used. HarfBuzzSharp's native library exports HarfBuzz's subsetter and its
/// managed side does not wrap it, so this file alone calls it directly.
/// </summary>
internal static class HarfBuzzSubset
{
    private const string Library = "libHarfBuzzSharp";
    private const int DropTables = 3;
    private const uint NoHinting = 1, NoLayoutClosure = 0x200;

    // A PDF reader takes glyphs by number: none of these is looked at, and a press needs no screen hints.
    private static readonly string[] TablesDropped =
        ["GSUB", "GPOS", "GDEF", "BASE", "cmap", "name", "post", "OS/2", "vhea", "vmtx", "gasp", "DSIG", "kern", "mort"];

    /// <summary>The subset font file, and the new number of each glyph asked for (in the order asked).</summary>
    /// <exception cref="InvalidOperationException">HarfBuzz refused the font.</exception>
    public static (byte[] Font, int[] NewGlyphs) Cut(Face face, IReadOnlyList<int> glyphs)
    {
        var input = hb_subset_input_create_or_fail();
        var plan = IntPtr.Zero;
        var result = IntPtr.Zero;
        try
        {
            var set = hb_subset_input_glyph_set(input);
            foreach (var glyph in glyphs)
            {
                hb_set_add(set, (uint)glyph);
            }

            var dropped = hb_subset_input_set(input, DropTables);
            foreach (var table in TablesDropped)
            {
                hb_set_add(dropped, ((uint)table[0] << 24) | ((uint)table[1] << 16) | ((uint)table[2] << 8) | table[3]);
            }

            hb_subset_input_set_flags(input, NoHinting | NoLayoutClosure);
            plan = hb_subset_plan_create_or_fail(face.Handle, input);
            result = plan == IntPtr.Zero ? IntPtr.Zero : hb_subset_plan_execute_or_fail(plan);
            if (result == IntPtr.Zero)
            {
                throw new InvalidOperationException("HarfBuzz could not subset a font.");
            }

            var map = hb_subset_plan_old_to_new_glyph_mapping(plan);
            var renumbered = glyphs.Select(glyph => checked((int)hb_map_get(map, (uint)glyph))).ToArray();
            return (Bytes(result), renumbered);
        }
        finally
        {
            hb_face_destroy(result);
            hb_subset_plan_destroy(plan);
            hb_subset_input_destroy(input);
        }
    }

    private static byte[] Bytes(IntPtr face)
    {
        var blob = hb_face_reference_blob(face);
        try
        {
            var data = hb_blob_get_data(blob, out var length);
            var bytes = new byte[length];
            Marshal.Copy(data, bytes, 0, bytes.Length);
            return bytes;
        }
        finally
        {
            hb_blob_destroy(blob);
        }
    }

#pragma warning disable SYSLIB1054 // Plain DllImport: blittable arguments only, nothing for a source generator to do.
    [DllImport(Library)] private static extern IntPtr hb_subset_input_create_or_fail();

    [DllImport(Library)] private static extern IntPtr hb_subset_input_glyph_set(IntPtr input);

    [DllImport(Library)] private static extern IntPtr hb_subset_input_set(IntPtr input, int type);

    [DllImport(Library)] private static extern void hb_subset_input_set_flags(IntPtr input, uint flags);

    [DllImport(Library)] private static extern void hb_subset_input_destroy(IntPtr input);

    [DllImport(Library)] private static extern IntPtr hb_subset_plan_create_or_fail(IntPtr face, IntPtr input);

    [DllImport(Library)] private static extern IntPtr hb_subset_plan_execute_or_fail(IntPtr plan);

    [DllImport(Library)] private static extern IntPtr hb_subset_plan_old_to_new_glyph_mapping(IntPtr plan);

    [DllImport(Library)] private static extern void hb_subset_plan_destroy(IntPtr plan);

    [DllImport(Library)] private static extern void hb_set_add(IntPtr set, uint value);

    [DllImport(Library)] private static extern uint hb_map_get(IntPtr map, uint key);

    [DllImport(Library)] private static extern IntPtr hb_face_reference_blob(IntPtr face);

    [DllImport(Library)] private static extern void hb_face_destroy(IntPtr face);

    [DllImport(Library)] private static extern IntPtr hb_blob_get_data(IntPtr blob, out uint length);

    [DllImport(Library)] private static extern void hb_blob_destroy(IntPtr blob);
#pragma warning restore SYSLIB1054
}
