#!/usr/bin/env bash
# Builds the web site of the documentation. Any server of static files can serve it, at any path.
# usage: site/build.sh [OUT [PAGE]]
#   OUT is the directory to write, target/site if it is not given. PAGE is a directory with the page that runs the tool in
#   the browser, which `build-integration/npm/build.sh --page PAGE` writes; it becomes OUT/try.
# needs: python3 with venv; a network, unless target/site-tools is there already.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/tools/download.sh
out=${1:-target/site}
page=${2:-}
tools=target/site-tools
if ! cmp -s site/requirements.txt "$tools/requirements.txt"; then
  rm -rf "$tools"
  python3 -m venv "$tools"
  retry "$tools/bin/pip" --quiet --disable-pip-version-check install --require-hashes --no-deps -r site/requirements.txt
  cp site/requirements.txt "$tools/requirements.txt"
fi
mkdir -p "$out"
out=$(cd "$out" && pwd)
# A page that no menu has, and a link to a page or an anchor that does not exist, are errors.
NO_MKDOCS_2_WARNING=1 "$tools/bin/mkdocs" --quiet build --strict --config-file site/mkdocs.yml --site-dir "$out"
if [ -n "$page" ]; then
  [ -e "$page/index.html" ] || { echo "site: $page has no index.html" >&2; exit 1; }
  rm -rf "$out/try"
  cp -r "$page" "$out/try"
else
  echo "site: without the page that runs the tool in the browser: build it with"
  echo "  build-integration/npm/build.sh --page PAGE && site/build.sh OUT PAGE"
fi
echo "site: $(find "$out" -name '*.html' | wc -l) pages in $out"
