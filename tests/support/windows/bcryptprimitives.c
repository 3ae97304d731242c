// The one function of bcryptprimitives.dll that Rust's standard library calls. wine 8 has no such library.
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG length); // RtlGenRandom

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) {
  return SystemFunction036(bytes, (ULONG)length);
}
