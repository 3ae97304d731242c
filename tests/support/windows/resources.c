// Prints the manifest and the version resource of an executable, as Windows finds them.
// usage: resources FILE
#include <stdio.h>
#include <windows.h>

static void string_of(void *block, const char *name) {
  char path[128];
  char *value;
  UINT length;
  snprintf(path, sizeof path, "\\StringFileInfo\\040904B0\\%s", name);
  if (VerQueryValueA(block, path, (void **)&value, &length) && length) printf("%s: %s\n", name, value);
}

int main(int count, char **arguments) {
  HMODULE module = count == 2 ? LoadLibraryExA(arguments[1], NULL, LOAD_LIBRARY_AS_DATAFILE) : NULL;
  if (!module) return fprintf(stderr, "no such module\n"), 1;
  HRSRC manifest = FindResourceA(module, MAKEINTRESOURCEA(1), MAKEINTRESOURCEA(24));
  if (!manifest) return fprintf(stderr, "no manifest\n"), 1;
  fwrite(LockResource(LoadResource(module, manifest)), 1, SizeofResource(module, manifest), stdout);
  static char block[65536];
  VS_FIXEDFILEINFO *fixed;
  UINT length;
  if (!GetFileVersionInfoA(arguments[1], 0, sizeof block, block)) return fprintf(stderr, "no version\n"), 1;
  if (!VerQueryValueA(block, "\\", (void **)&fixed, &length)) return fprintf(stderr, "no fixed version\n"), 1;
  printf("%u.%u.%u.%u\n", HIWORD(fixed->dwFileVersionMS), LOWORD(fixed->dwFileVersionMS),
         HIWORD(fixed->dwFileVersionLS), LOWORD(fixed->dwFileVersionLS));
  static const char *names[] = {"FileDescription", "FileVersion", "LegalCopyright", "OriginalFilename", "ProductName", "ProductVersion"};
  for (int index = 0; index < 6; index++) string_of(block, names[index]);
  return 0;
}
