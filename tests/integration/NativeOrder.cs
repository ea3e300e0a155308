using System.Runtime.CompilerServices;
using MyNumber.Batch.Reading;

namespace MyNumber.Tests.Integration;

/// <summary>
/// Some tests look at pictures with OpenCV themselves. Whichever class comes first, the libraries must be loaded in the
/// order of the product: in the other one the process dies of a double free, minutes later and in somebody else's test.
/// </summary>
internal static class NativeOrder
{
    [ModuleInitializer]
    internal static void Load() => NativeLibraries.Load();
}
