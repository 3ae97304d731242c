#!/usr/bin/env bash
# Installs wasm-opt of Binaryen, which changes linked modules as emscripten does for a release.
# usage: binaryen.sh DEST
#   Then `node DEST/wasm-opt` runs. What is there already is kept.
# needs: npm, network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# = 1 ] || fail "usage: binaryen.sh DEST"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
version=132.0.0
if [ -e "$dest/wasm-opt" ] && [ "$(cat "$dest/version" 2>/dev/null)" = "$version" ]; then
  echo "Binaryen: already in $dest"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm_package "binaryen@$version" 6543555fb29bb92548f325c7dc18e9ab7dbb1215edda25993d1e3f71d85b8618 "$work"
# The second says that the first is a CommonJS module.
cp "$work/package/bin/wasm-opt" "$work/package/bin/package.json" "$dest/"
echo "$version" > "$dest/version"
