#!/usr/bin/env bash
# Runs the executables for Linux where nothing else exists: no libraries, no /etc, /proc or /dev, no shell.
# usage: build-integration/release/smoke-test.sh [DIR] [REFERENCE] [EMULATOR]
#   DIR contains the executables (default: target/executables/linux-x64, which all.sh writes); REFERENCE is an ordinary
#   build of the same sources, whose output must be the same (default: target/release/thunkgen); EMULATOR is a static
#   executable that runs those of another architecture (qemu-aarch64-static of Debian's qemu-user-static).
# needs: root, or user namespaces (unshare -r).
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-target/executables/linux-x64}
reference=$(realpath "${2:-${CARGO_TARGET_DIR:-target}/release/thunkgen}")
emulator=${3:-}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
inside() { # COMMAND...
  set -- ${emulator:+/emulator} "$@"
  if [ "$(id -u)" = 0 ]; then chroot "$root" "$@"; else unshare --user --map-root-user chroot "$root" "$@"; fi
}
fail() { echo "smoke-test.sh: $*" >&2; exit 1; }

cp "$out/thunkgen" "$out/thunkgen-task" "$root/"
[ -z "$emulator" ] || cp "$emulator" "$root/emulator"
mkdir "$root/app"
for fixture in corlib facade interop source-lines; do cp tests/fixtures/$fixture/*.dll "$root/app/"; done
cat > "$root/thunkgen.toml" <<'TOML'
inputs = ["app/*.dll"]
modules = ["native"]
target-os = ["browser", "wasi"]
out = "generated"
TOML

inside /thunkgen --version
inside /thunkgen-task --version
inside /thunkgen generate
inside /thunkgen check 2> "$root/check.txt" || { cat "$root/check.txt"; fail "its own files are not current"; }
(cd "$root" && "$reference" check 2> check.txt) || { cat "$root/check.txt"; fail "the ordinary build writes other files"; }
echo '// edited' >> "$root/generated/wasi/callhelpers-pinvoke.cpp"
code=0
inside /thunkgen check > "$root/diff.txt" 2>&1 || code=$?
[ $code = 1 ] || fail "an edited file gives exit code $code"
grep -q '^-// edited$' "$root/diff.txt" || fail "an edited file gives no diff"
code=0
inside /thunkgen generate /none.dll --out /x 2> "$root/error.txt" || code=$?
[ $code = 3 ] || fail "a missing input gives exit code $code"
[ "$(cat "$root/error.txt")" = "/none.dll: error TG0001: no such file or directory
thunkgen: 1 error; nothing was written" ] || { cat "$root/error.txt"; fail "a missing input is reported in another way"; }
echo "works in an empty root"
