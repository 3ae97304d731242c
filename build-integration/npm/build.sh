#!/usr/bin/env bash
# Builds thunkgen as a WebAssembly module, and the npm package and the page that contain it.
# usage: build-integration/npm/build.sh [--fast] [--page DIR] [--pack DIR] [OUT]    (default of OUT: target/npm)
#   OUT/thunkgen is the directory of the package, OUT/page/index.html the page. With --page, only the page is written,
#   to DIR/index.html. --fast compiles faster, for a larger and slower module. --pack also packs the package into a tarball.
# needs: Node.js 20 or newer with npm, and Rust with the target wasm32-wasip1, which `rustup target add` installs.
#   Without the target: Debian's rustc-web, rust-web-src, wasi-libc, clang and lld, and the standard library is compiled.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
. tests/tools/download.sh
profile=wasm page= pack= out=target/npm
while [ $# -gt 0 ]; do
  case $1 in
  --fast) profile=wasm-fast ;;
  --page) page=${2:?"--page needs a directory"}; shift ;;
  --pack) pack=${2:?"--pack needs a directory"}; shift ;;
  -*) echo "build.sh: unknown option $1" >&2; exit 2 ;;
  *) out=$1 ;;
  esac
  shift
done

target=${CARGO_TARGET_DIR:-$PWD/target}/wasm
mkdir -p "$target"
retry cargo fetch --quiet --locked
cargo run --quiet --locked -p thunkgen-pack -- notices "$target/THIRD-PARTY-NOTICES.txt" >/dev/null
export CARGO_TARGET_DIR=$target
build=(cargo build --locked --target wasm32-wasip1 --profile "$profile" -p thunkgen)
# Paths of this machine do not belong into what others run. The stack is as large as that of a main thread.
flags=("--remap-path-prefix=$PWD=." "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo" -C link-arg=-zstack-size=8388608)
if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-wasip1/lib" ]; then
  export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
  if ! compgen -G "$("$RUSTC" --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/std/Cargo.toml" >/dev/null; then
    echo "build.sh: there is no standard library for wasm32-wasip1: run 'rustup target add wasm32-wasip1', or install Debian's rustc-web and rust-web-src" >&2
    exit 2
  fi
  build+=(-Zbuild-std=std,panic_abort)
  flags+=(-C link-self-contained=no)
  export CARGO_TARGET_WASM32_WASIP1_LINKER=$here/debian-linker.sh
fi
# Separated by the character that Cargo expects, since a path may contain spaces.
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}") "${build[@]}"

# The versions that the lock file pins.
packages=$CARGO_TARGET_DIR/packages
mkdir -p "$packages"
cp "$here/package.json" "$here/package-lock.json" "$packages/"
if ! cmp -s "$here/package-lock.json" "$packages/installed"; then
  (cd "$packages" && retry npm ci --silent --no-audit --no-fund --ignore-scripts)
  cp "$here/package-lock.json" "$packages/installed"
fi

module=$CARGO_TARGET_DIR/thunkgen.wasm
# As the compiler makes it: after `wasm-opt -Os` it has 15 % fewer bytes, and with gzip 3 % more.
cp "$CARGO_TARGET_DIR/wasm32-wasip1/$profile/thunkgen.wasm" "$module"
cargo metadata --format-version 1 --no-deps --locked > "$CARGO_TARGET_DIR/metadata.json"
node "$here/assemble.mjs" "$CARGO_TARGET_DIR" ${page:+--page} "${page:-$out}"
if [ -n "$pack" ]; then
  mkdir -p "$pack"
  pack=$(cd "$pack" && pwd)
  (cd "$out/thunkgen" && npm pack --silent --pack-destination "$pack")
fi
