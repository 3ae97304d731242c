#!/usr/bin/env bash
# Counts the instructions of `thunkgen generate` and `check` on real sets, of the executable that is released, and compares
# them with tests/data/instructions.txt.
# More than 3 % above is a failure, if the compiler, valgrind, the processor and the set are those of the file; else the
# counts are only printed.
# usage: instructions.sh SETS [--write]
# needs: valgrind, and the executable of build-integration/release/static-linux.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
sets=$1 file=tests/data/instructions.txt tool=target/static/thunkgen
[ -x "$tool" ] || { echo "instructions.sh: no $tool; run build-integration/release/static-linux.sh" >&2; exit 2; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

count() { # ARGUMENT...
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$tool" "$@" 2>&1 | sed -n 's/.*Collected : *//p'
}

# What memchr chooses its search by.
processor=$(uname -m)$(grep -qw avx2 /proc/cpuinfo && echo +avx2 || true)
rustc=$(rustc --version | cut -d' ' -f2) valgrind=$(valgrind --version)
status=0
measured=$(mktemp -p "$out")
for set in net10 framework8; do
  content=$(cd "$sets/$set" && sha256sum -- * | sha256sum | cut -c1-12)
  for verb in generate check; do
    instructions=$(count "$verb" "$sets/$set" --out "$out/$set")
    key="$verb $set $content rustc-$rustc $valgrind $processor"
    echo "$key $instructions" | tee -a "$measured"
    known=$(sed -n "s/^$key //p" "$file")
    if [ -z "$known" ]; then
      echo "  not compared: $file has no count of this set with these tools"
    elif ((instructions * 100 > known * 103)); then
      echo "  more than 3 % above the $known in $file: find the cause, or write the new count with --write"
      status=1
    fi
  done
done
if [ "${2-}" = --write ]; then
  { grep '^#' "$file"; cat "$measured"; } >"$out/new"
  cp "$out/new" "$file"
fi
exit $status
