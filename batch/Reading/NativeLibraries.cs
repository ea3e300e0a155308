using System.Runtime.InteropServices;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// The one place where native libraries are loaded, in the one order that works. OpenCV's library exports symbols of
/// its own libpng, libtiff and tesseract; if the system's libtesseract is loaded after it, the two mix and the process
/// dies of a double free. Everything native calls <see cref="Load"/> first.
/// </summary>
public static partial class NativeLibraries
{
    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>Libtesseract in its first call, before OpenCV; zero where Debian's libtesseract5 is not installed.</summary>
    public static nint Tesseract { get; private set; }

    /// <summary>Loads once; later calls do nothing. OpenCV is kept to one thread: workers are the parallelism here.</summary>
    /// <exception cref="DllNotFoundException">OpenCV is missing, or libgtk-3-0, which its library wants.</exception>
    /// <exception cref="InvalidOperationException">Somebody called OpenCV before, or the environment cannot be written.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (_loaded)
            {
                return;
            }

            // Better here than in a crash minutes later, at whatever page tesseract or OpenCV frees first.
            if (File.ReadLines("/proc/self/maps").Any(line => line.EndsWith("libOpenCvSharpExtern.so", StringComparison.Ordinal)))
            {
                throw new InvalidOperationException("OpenCV was called before NativeLibraries.Load().");
            }

            // Tesseract uses OpenMP by itself, and two workers on two cores would then fight over them.
            Tell("OMP_THREAD_LIMIT", "1");
            // Intel's primitives inside OpenCV compute differently on processors of different makers, and a page must read the
            // same on any. They also ask the processor what it is at each call, which a virtual machine answers so slowly that
            // it was a fourth of a page's time.
            Tell("OPENCV_IPP", "disabled");
            if (NativeLibrary.TryLoad("libtesseract.so.5", out var tesseract))
            {
                Tesseract = tesseract;
            }

            // Here a library that is missing says so and is asked for again; inside OpenCV's own type initialiser it would be
            // missing until the process ends.
            NativeLibrary.Load("OpenCvSharpExtern", typeof(Cv2).Assembly, null);
            // It warns, once, that it does what it was told.
            Cv2.SetLogLevel(LogLevel.ERROR);
            Cv2.SetNumThreads(1);
            _loaded = true;
        }
    }

    // Environment.SetEnvironmentVariable is seen by managed code alone; native libraries ask the C library.
    private static void Tell(string variable, string value)
    {
        if (SetEnv(variable, value, 1) != 0)
        {
            throw new InvalidOperationException($"The variable {variable} cannot be set: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
