#!/usr/bin/env bash
# Links for wasm32-wasip1 with Debian's C library (wasi-libc), which rustc does not know.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
newest() { compgen -c "$1" | grep -Ex "$1(-[0-9]+)?" | sort -V | tail -1; }
library=/usr/lib/wasm32-wasi
if [ ! -e $library/libc.a ]; then
  echo "debian-linker.sh: $library/libc.a not found: install wasi-libc" >&2
  exit 1
fi
# rustc names the kind of lld first.
[ "${1-}" != -flavor ] || shift 2
more=$(mktemp --suffix=.o)
trap 'rm -f "$more"' EXIT
"$(newest clang)" --target=wasm32-wasi -Wno-deprecated -I/usr/include/wasm32-wasi -Oz -Wall -Wextra -Werror -c "$here/libc.c" -o "$more"
"$(newest wasm-ld)" $library/crt1-command.o "$@" "$more" -L$library -lc
