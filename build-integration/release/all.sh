#!/usr/bin/env bash
# Builds thunkgen and thunkgen-task for other systems on Debian, with public packages only.
# usage: build-integration/release/all.sh [--quick] [--twice] [--out DIR] [RID...]
#   RID is linux-x64, linux-arm64, win-x64, win-arm64, osx-x64 or osx-arm64; all of them by default.
#   Writes DIR/RID/thunkgen and DIR/RID/thunkgen-task (default of DIR: target/executables), then prints their sizes.
#   --quick: not optimised, to try the executables.
#   --twice: builds again from a copy in another directory, and compares.
# needs: cargo from rustup, x86_64, root or sudo, python3 with pip, network. What is installed already is kept.
#
# Debian's Rust compiler comes with the sources of the standard library, which is compiled for each target. Zig links, and
# has a C library for all of them; for win-x64, Debian's MinGW does, whose C library is compiled already. No
# times and no paths of this machine get into the executables.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/download.sh

known=(linux-x64 linux-arm64 win-x64 win-arm64 osx-x64 osx-arm64)
out=target/executables
quick=
twice=
rids=()
while [ $# -gt 0 ]; do
  case $1 in
  --quick) quick=1 ;;
  --twice) twice=1 ;;
  --out) out=${2:?--out needs a directory}; shift ;;
  *) [[ " ${known[*]} " = *" $1 "* ]] || fail "unknown platform $1; known are: ${known[*]}"; rids+=("$1") ;;
  esac
  shift
done
[ ${#rids[@]} != 0 ] || rids=("${known[@]}")

# Debian's compiler, which has the sources of its standard library.
packages=()
[ -e /usr/share/doc/rustc-web ] || packages+=(rustc-web)
[ -e /usr/lib/rustlib/src/rust/library/std ] || packages+=(rust-web-src)
command -v llvm-readobj >/dev/null || packages+=(llvm)
if [[ ${rids[*]} = *win-* ]]; then
  command -v x86_64-w64-mingw32-gcc >/dev/null || packages+=(gcc-mingw-w64-x86-64-win32)
fi
debian_packages "${packages[@]}"
zig=${THUNKGEN_ZIG:-$PWD/target/zig}
[ "${rids[*]}" = win-x64 ] || tests/tools/zig.sh "$zig"
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)/release-all
tools=$target/tools
mkdir -p "$tools"

export RUSTC=/usr/bin/rustc CARGO_TARGET_DIR=$target ZIG_GLOBAL_CACHE_DIR=$target/zig-cache ZIG_LOCAL_CACHE_DIR=$target/zig-cache
export RUSTC_BOOTSTRAP=1 CARGO_NET_RETRY=10 # for -Zbuild-std, and for its dependencies
export MACOSX_DEPLOYMENT_TARGET=11.0
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export THUNKGEN_COMMIT=${THUNKGEN_COMMIT-$(git rev-parse HEAD)} # a copy of the sources has no git

# What the standard library links on macOS, and Zig has no description of.
cat > "$tools/libiconv.tbd" <<'TBD'
--- !tapi-tbd
tbd-version:     4
targets:         [ x86_64-macos, arm64-macos ]
install-name:    '/usr/lib/libiconv.2.dylib'
current-version: 7
exports:
  - targets:     [ x86_64-macos, arm64-macos ]
    symbols:     [ _iconv, _iconv_open, _iconv_close ]
...
TBD

profile=(--config 'profile.release.strip="none"') # done by the linker
[ -z "$quick" ] || profile+=(--config 'profile.release.lto=false' --config profile.release.codegen-units=16
  --config profile.release.opt-level=0)

# The version and the manifest of an executable for Windows.
resources() { # PACKAGE FILE
  local package version license description
  package=$(grep -lx "name = \"$1\"" generator/cli/Cargo.toml task-shim/Cargo.toml)
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
  license=$(sed -n 's/^license = "\(.*\)"/\1/p' Cargo.toml)
  description=$(sed -n 's/^description = "\(.*\)"/\1/p' "$package")
  cat > "$tools/$1.rc" <<RC
1 24 "$PWD/build-integration/release/windows.manifest"
1 VERSIONINFO
FILEVERSION ${version//./,},0
PRODUCTVERSION ${version//./,},0
FILEOS 0x40004
FILETYPE 1
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904B0"
    BEGIN
      VALUE "FileDescription", "$description"
      VALUE "FileVersion", "$version"
      VALUE "LegalCopyright", "$license license"
      VALUE "OriginalFilename", "$1.exe"
      VALUE "ProductName", "thunkgen"
      VALUE "ProductVersion", "$version"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x409, 1200
  END
END
RC
  x86_64-w64-mingw32-windres -i "$tools/$1.rc" -o "$2"
}

build() { # RID
  local rid=$1 rust for_zig='' flags suffix='' object='' dropped='' name
  flags=(-C link-arg=-s "--remap-path-prefix=$PWD=." "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"
    "--remap-path-prefix=$target=target")
  case $rid in
  linux-x64) rust=x86_64-unknown-linux-musl for_zig=x86_64-linux-musl ;;
  linux-arm64) rust=aarch64-unknown-linux-musl for_zig=aarch64-linux-musl ;;
  win-x64) rust=x86_64-pc-windows-gnu ;;
  win-arm64) rust=aarch64-pc-windows-gnullvm for_zig=aarch64-windows-gnu ;;
  osx-x64) rust=x86_64-apple-darwin for_zig=x86_64-macos.11.0 ;;
  osx-arm64) rust=aarch64-apple-darwin for_zig=aarch64-macos.11.0 ;;
  esac
  case $rid in
  linux-*) flags+=(-C target-feature=+crt-static -C link-self-contained=no) ;;
  # The stack of other systems.
  win-*) suffix=.exe flags+=(-C link-arg=-Wl,--stack,8388608) ;;
  osx-*) flags+=(-C "link-arg=-L$tools") ;;
  esac
  case $rid in
  win-x64) object=o flags+=(-C link-arg=-Wl,--no-insert-timestamp) ;;
  # Zig has these parts of MinGW under other names.
  win-arm64) object=res dropped='-lmingw32 | -lmingwex | -lmsvcrt' ;;
  esac
  for name in ${object:+thunkgen thunkgen-task}; do resources $name "$tools/$name.$object"; done

  local compiler=x86_64-w64-mingw32-gcc linker=$tools/$rid-cc
  [ -z "$for_zig" ] || compiler="\"$zig/ziglang/zig\" cc -target $for_zig"
  cat > "$linker" <<SH
#!/bin/sh
resources=
for argument; do
  shift
  case \$argument in
  */deps/thunkgen_task-*.exe) resources="$tools/thunkgen-task.$object" ;;
  */deps/thunkgen-*.exe) resources="$tools/thunkgen.$object" ;;
  esac
  case \$argument in
  ${dropped:-''}) ;;
  *) set -- "\$@" "\$argument" ;;
  esac
done
exec $compiler "\$@" \${resources:+"\$resources"}
SH
  chmod +x "$linker"

  local variable=${rust//-/_}
  env "CARGO_TARGET_${variable^^}_LINKER=$linker" "CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}")" \
    cargo build --release --locked --target "$rust" -Zbuild-std=std,panic_unwind "${profile[@]}" -p thunkgen -p thunkgen-task
  mkdir -p "$out/$rid"
  for name in thunkgen thunkgen-task; do
    install -m 755 "$target/$rust/release/$name$suffix" "$out/$rid/$name$suffix"
    # Zig leaves the symbols in these; the signature is made again.
    [[ $rid != osx-* ]] || llvm-strip "$out/$rid/$name"
  done
}

# What must not be in an executable, and what must.
inspect() { # RID FILE
  local needed version
  if LC_ALL=C grep -qaF -e "$PWD/" -e "$target/" -e "${CARGO_HOME:-$HOME/.cargo}/" "$2"; then
    fail "$2 contains paths of this machine"
  fi
  case $1 in
  linux-*)
    needed=$(llvm-readelf --program-headers --dynamic-table "$2" | grep -E 'INTERP|NEEDED' || true)
    ;;
  win-*)
    # Parts of Windows 10: the system itself, and the C library that comes with it.
    needed=$(llvm-readobj --coff-imports "$2" | sed -n 's/^  Name: //p' | tr '[:upper:]' '[:lower:]' | sort -u |
      grep -vxE '(kernel32|ntdll|advapi32|ws2_32|userenv|bcryptprimitives|msvcrt|api-ms-win-(core|crt)-[-a-z0-9]+)\.dll' || true)
    ;;
  osx-*)
    needed=$(llvm-objdump --macho --dylibs-used "$2" | tail -n +2 | grep -vE '^	/usr/lib/lib(System\.B|iconv\.2)\.dylib ' || true)
    version=$(llvm-objdump --macho --private-headers "$2" | sed -n 's/^ *minos //p')
    [ "$version" = $MACOSX_DEPLOYMENT_TARGET ] || fail "$2 is for macOS $version, not $MACOSX_DEPLOYMENT_TARGET"
    # Intel does not need one.
    [ "$1" = osx-x64 ] || python3 tests/tools/code-signature.py "$2"
    ;;
  esac
  [ -z "$needed" ] || fail "$2 needs other libraries: $needed"
}

for rid in "${rids[@]}"; do
  build "$rid"
  for file in "$out/$rid"/*; do inspect "$rid" "$file"; done
done

if [ -n "$twice" ]; then
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  mkdir -p "$copy/another place"
  git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$copy/another place"
  THUNKGEN_ZIG=$zig CARGO_TARGET_DIR=$copy/target "$copy/another place/build-integration/release/all.sh" ${quick:+--quick} \
    --out "$copy/out" "${rids[@]}"
  for rid in "${rids[@]}"; do diff -r "$out/$rid" "$copy/out/$rid" || fail "$rid: the same sources give other bytes"; done
  echo "built twice: the same bytes"
fi

for rid in "${rids[@]}"; do
  for file in "$out/$rid"/*; do printf '%12s  %s\n' "$(stat -c %s "$file")" "$rid/$(basename "$file")"; done
done
