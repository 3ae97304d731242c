// Has a file open that others can only read, until standard input ends.
// usage: hold FILE
#include <stdio.h>
#include <windows.h>

int main(int count, char **arguments) {
  HANDLE file = count == 2 ? CreateFileA(arguments[1], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL) : INVALID_HANDLE_VALUE;
  puts(file == INVALID_HANDLE_VALUE ? "failed" : "held");
  fflush(stdout);
  while (getchar() != EOF);
  return 0;
}
