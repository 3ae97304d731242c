#!/usr/bin/env bash
# Installs the Zig compiler, whose objects are compared with declarations.
# usage: zig.sh DEST
#   Then DEST/ziglang/zig runs. What is there already is kept.
# needs: Linux x86_64, python3, network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# = 1 ] || fail "usage: zig.sh DEST"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
version=0.17.1
if [ "$(cat "$dest/version" 2>/dev/null)" = "$version" ]; then
  echo "Zig: already in $dest"
  exit 0
fi
wheel "ziglang==$version" "ziglang-$version-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64.whl" \
  ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54 "$dest"
chmod +x "$dest/ziglang/zig"
# Last, so that an interrupted run starts over.
echo "$version" > "$dest/version"
