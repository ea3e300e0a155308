using System.Runtime.InteropServices;

namespace MyNumber.Batch.Reading;

/// <summary>Processor time of this thread: on a busy machine the wall clock measures the others.</summary>
internal static partial class CpuClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Seconds that this thread has computed.</summary>
    public static double Seconds()
    {
        Marshal.ThrowExceptionForHR(clock_gettime(ThreadCpuTime, out var time));
        return time.Seconds + (time.Nanoseconds * 1e-9);
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
