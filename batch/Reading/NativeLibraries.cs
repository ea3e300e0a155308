using System.Runtime.InteropServices;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// The one place where native libraries are loaded, in the one order that works. OpenCV's library exports symbols of
/// its own libpng, libtiff and tesseract; if the system's libtesseract is loaded after it, the two mix and the process
/// dies of a double free. Everything native calls <see cref="Load"/> first.
/// </summary>
public static class NativeLibraries
{
    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>Libtesseract in its first call, before OpenCV; zero where Debian's libtesseract5 is not installed.</summary>
    public static nint Tesseract { get; private set; }

    /// <summary>Loads once; later calls do nothing. OpenCV is kept to one thread: workers are the parallelism here.</summary>
    /// <exception cref="DllNotFoundException">OpenCV is missing, or libgtk-3-0, which its library wants.</exception>
    /// <exception cref="InvalidOperationException">Somebody called OpenCV before.</exception>
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
            Environment.SetEnvironmentVariable("OMP_THREAD_LIMIT", "1");
            if (NativeLibrary.TryLoad("libtesseract.so.5", out var tesseract))
            {
                Tesseract = tesseract;
            }

            Cv2.SetNumThreads(1);
            _loaded = true;
        }
    }
}
