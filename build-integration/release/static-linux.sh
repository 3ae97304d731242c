#!/usr/bin/env bash
# Builds the release executable for Linux without any dependency on the machine it runs on, and a package of it.
# usage: build-integration/release/static-linux.sh [OUT]    (default: target/static)
# needs: Rust for the machine's own architecture, gcc and the C library's static archives (Debian: gcc libc6-dev).
#
# The C library is glibc, linked statically: an ordinary Rust installation has no other for Linux. What static glibc
# cannot do (name services, character set conversion, plugins) is not used by thunkgen. smoke-test.sh checks it.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-target/static}

host=$(rustc -vV | sed -n 's/^host: //p')
case $host in
*-unknown-linux-gnu) ;;
*) echo "static-linux.sh: the Rust of this machine builds for $host, not for Linux with glibc" >&2; exit 2 ;;
esac

# With --target, so that build scripts and macros, which are loaded into the compiler, stay dynamic. Paths of this
# machine do not belong into what others run.
# Separated by the character that Cargo expects, since a path may contain spaces.
flags=(-C target-feature=+crt-static -C strip=symbols
  "--remap-path-prefix=$PWD=." "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo")
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}") \
  cargo build --release --locked --target "$host" -p thunkgen
built=${CARGO_TARGET_DIR:-target}/$host/release/thunkgen

mkdir -p "$out"
install -m 755 "$built" "$out/thunkgen"
# The loader would be looked for on the machine that runs it, libraries too.
if LC_ALL=C readelf -lW "$out/thunkgen" | grep -q INTERP || LC_ALL=C readelf -dW "$out/thunkgen" | grep -q NEEDED; then
  echo "static-linux.sh: $out/thunkgen is not static" >&2
  exit 1
fi

version=$("$out/thunkgen" -V | cut -d' ' -f2)
name=thunkgen-$version-${host%%-*}-linux
rm -rf "${out:?}/$name"
mkdir -p "$out/$name/completions"
install -m 755 "$out/thunkgen" "$out/$name/thunkgen"
install -m 644 LICENSE README.md "$out/$name/"
"$out/thunkgen" man --out "$out/$name/man1"
for shell in bash elvish fish powershell zsh; do
  "$out/thunkgen" completions "$shell" > "$out/$name/completions/thunkgen.$shell"
done
# The same bytes from the same executable.
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
  -C "$out" -cf - "$name" | gzip -n9 > "$out/$name.tar.gz"
rm -r "${out:?}/$name"
echo "$out/thunkgen: $(stat -c %s "$out/thunkgen") bytes, static; $out/$name.tar.gz"
