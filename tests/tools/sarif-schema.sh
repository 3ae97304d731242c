#!/usr/bin/env bash
# Downloads the schema of SARIF 2.1.0, which the documents of --format sarif must match.
# usage: sarif-schema.sh DEST
#   Then DEST/sarif-2.1.0.json exists. What is there already is kept.
# needs: npm, network. The package is by the authors of SARIF, pinned by SHA-256; nothing of it is committed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# = 1 ] || fail "usage: sarif-schema.sh DEST"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
if [ -e "$dest/sarif-2.1.0.json" ]; then
  echo "SARIF schema: already in $dest"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm_package @microsoft/jest-sarif@1.0.0-beta.0 748e2c3d1a842e7bb258416685c7ea3a0da40005b72267b2052c2856d48ad102 "$work"
cp "$work/package/lib/schemas/sarif-2.1.0-rtm.5.json" "$dest/sarif-2.1.0.json"
