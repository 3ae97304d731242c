// What Natives.dll is compiled from; tests/fixtures/rebuild.sh of the repository does it.

using System.Runtime.InteropServices;

namespace Sample
{
    public static class Natives
    {
        [DllImport("libm")]
        public static extern double sqrt(double x);

        public static class Nested
        {
            [DllImport("libc", EntryPoint = "getpid", SetLastError = true)]
            public static extern int ProcessId();
        }
    }
}
