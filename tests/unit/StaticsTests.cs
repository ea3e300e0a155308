using Mono.Cecil;
using Mono.Cecil.Cil;
using MyNumber.Templates;

namespace MyNumber.Tests.Unit;

/// <summary>
/// What is made from files, resources or native libraries and kept in a static is a <see cref="Reloadable{T}"/>: a type
/// initialiser that threw once, or a Lazy, fails until its process ends. This reads the compiled code of every type
/// initialiser, and of all that it calls.
/// </summary>
public sealed class StaticsTests
{
    private static readonly string[] Ours = ["MyNumber.Templates", "MyNumber.Batch", "mynumber"];

    // What touches the world outside of memory, by the beginning of the name of a method's type, or by type and method.
    private static readonly string[] Outside =
    [
        "System.IO.File::", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory",
            "System.IO.StreamReader", "System.Diagnostics.Process::Start",
        "System.Reflection.Assembly::GetManifestResource", "System.Runtime.InteropServices.NativeLibrary",
            "OpenCvSharp.Cv2", "OpenCvSharp.Mat",
        "OpenCvSharp.CascadeClassifier", "HarfBuzzSharp.", "Microsoft.ML.OnnxRuntime.", "UglyToad.",
    ];

    [Fact]
    public void No_type_initialiser_reads_a_file_or_a_native_library()
    {
        var bad = Types().SelectMany(type => type.Methods).Where(method => method.IsConstructor && method.IsStatic)
            .Select(initialiser => (Type: initialiser.DeclaringType.FullName, Calls: Reached(initialiser, [])))
            .Where(found => found.Calls is not null)
            .Select(found => $"{found.Type} reaches {found.Calls}");
        Assert.Empty(bad);
    }

    [Fact]
    public void No_static_is_a_Lazy_that_keeps_a_failure()
    {
        var lazy = Types().SelectMany(type => type.Fields)
            .Where(field => field.IsStatic && field.FieldType.FullName.Contains("System.Lazy`1", StringComparison.Ordinal))
            .Select(field => field.FullName);
        Assert.Empty(lazy);
    }

    [Fact]
    public void This_test_finds_what_it_looks_for()
    {
        using var self = AssemblyDefinition.ReadAssembly(typeof(StaticsTests).Assembly.Location);
        var guilty = self.MainModule.Types.Single(type => type.Name == nameof(StaticsTests)).NestedTypes.Single(
            type => type.Name == nameof(Guilty));
        Assert.NotNull(Reached(guilty.Methods.Single(method => method.IsConstructor && method.IsStatic), []));
        var innocent = self.MainModule.Types.Single(type => type.Name == nameof(StaticsTests)).NestedTypes.Single(
            type => type.Name == nameof(Innocent));
        Assert.Null(Reached(innocent.Methods.Single(method => method.IsConstructor && method.IsStatic), []));
    }

    [Fact]
    public void What_failed_is_made_again_and_what_was_made_is_kept()
    {
        var tries = 0;
        var reloadable = new Reloadable<string>(() => ++tries == 1 ? throw new FileNotFoundException() : $"made {tries}");
        Assert.IsType<FileNotFoundException>(Assert.Throws<TypeInitializationException>(() => reloadable.Value).InnerException);
        Assert.Equal("made 2", reloadable.Value);
        Assert.Equal("made 2", reloadable.Value);
    }

    private static IEnumerable<TypeDefinition> Types() => Ours
        .Select(name => AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, $"{name}.dll")))
        .SelectMany(assembly => assembly.MainModule.GetTypes());

    // The first call that leaves memory; a delegate counts as called, unless a Reloadable or a ThreadLocal is made of it.
    private static string? Reached(MethodDefinition method, HashSet<string> seen)
    {
        if (method.IsPInvokeImpl)
        {
            return method.FullName;
        }

        if (!method.HasBody || !seen.Add(method.FullName))
        {
            return null;
        }

        var called = new List<MethodReference>();
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.Operand is not MethodReference reference)
            {
                continue;
            }

            // Made later, or called when an event comes: not now.
            if ((instruction.OpCode == OpCodes.Newobj && reference.DeclaringType.Name is "Reloadable`1" or "ThreadLocal`1")
                || reference.Name.StartsWith("add_", StringComparison.Ordinal))
            {
                called.RemoveAt(called.FindLastIndex(call => Ours.Contains(ScopeOf(call)) || call.DeclaringType.Scope == method.Module));
                continue;
            }

            called.Add(reference);
        }

        foreach (var reference in called)
        {
            var name = $"{reference.DeclaringType.GetElementType().FullName}::{reference.Name}";
            if (Outside.FirstOrDefault(outside => name.StartsWith(outside, StringComparison.Ordinal)) is not null)
            {
                return name;
            }

            if (Ours.Contains(ScopeOf(reference)) || reference.DeclaringType.Scope == method.Module)
            {
                if (reference.Resolve() is { } own && Reached(own, seen) is { } further)
                {
                    return further;
                }
            }
        }

        return null;
    }

    private static string ScopeOf(MethodReference method) => method.DeclaringType.Scope.Name.Replace(".dll", "", StringComparison.Ordinal);

    private static class Guilty
    {
        public static readonly string[] Lines = [.. Enumerable.Range(0, 1).Select(_ => Read())];

        private static string Read() => File.ReadAllText("/proc/self/stat");
    }

    private static class Innocent
    {
        public static readonly Reloadable<string> Text = new(() => File.ReadAllText("/proc/self/stat"));
    }
}
