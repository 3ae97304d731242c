#!/usr/bin/env bash
# Builds the npm package and the page as they are published, but faster, and runs their tests.
# usage: tests/tools/npm.sh [TEST.test.mjs...]
# needs: what build-integration/npm/build.sh needs, Chromium, and THUNKGEN_SETS, THUNKGEN_NODE (tests/run.sh has them).
#   THUNKGEN_NPM_OPTIONS="" builds what is published. THUNKGEN_SCREENSHOTS=DIR keeps pictures of the page.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/download.sh
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
: "${THUNKGEN_SETS:?run tests/tools/fetch-sets.sh DEST and set it to DEST}"
: "${THUNKGEN_NODE:?run tests/tools/node.sh DEST and set it to DEST}"
out=$CARGO_TARGET_DIR/npm-test
read -ra options <<< "${THUNKGEN_NPM_OPTIONS---fast}"

# Older ones cannot run the package.
[ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || PATH=$THUNKGEN_NODE:$PATH
cargo build --locked -p thunkgen
export THUNKGEN_NATIVE_TOOL=$CARGO_TARGET_DIR/debug/thunkgen
build-integration/npm/build.sh "${options[@]}" "$out"
export THUNKGEN_PAGE=$out/page THUNKGEN_NODE_PACKAGES=$CARGO_TARGET_DIR/wasm/packages

# From the tarball, as users get it.
export THUNKGEN_NPM_PROJECT=$out/project
rm -rf "$THUNKGEN_NPM_PROJECT"
mkdir -p "$THUNKGEN_NPM_PROJECT"
tarball=$(cd "$out/thunkgen" && npm pack --silent --pack-destination "$out")
echo '{ "private": true, "type": "module" }' > "$THUNKGEN_NPM_PROJECT/package.json"
(cd "$THUNKGEN_NPM_PROJECT" && retry npm install --silent --no-audit --no-fund "$out/$tarball")
# The name and number; a debug build does not know its commit.
version() { "$@" --version | head -1 | cut -d' ' -f1,2; }
[ "$(cd "$THUNKGEN_NPM_PROJECT" && version npx thunkgen)" = "$(version "$THUNKGEN_NATIVE_TOOL")" ]

cp tests/npm/types.ts "$THUNKGEN_NPM_PROJECT/"
(cd "$THUNKGEN_NPM_PROJECT" && node "$THUNKGEN_NODE_PACKAGES/node_modules/typescript/bin/tsc" --noEmit --strict --module nodenext --target es2022 --lib es2022,dom types.ts)

tests=("${@/#/tests/npm/}")
[ $# -gt 0 ] || tests=(tests/npm/cli.test.mjs tests/npm/api.test.mjs tests/npm/readme.test.mjs tests/npm/page.test.mjs)
for test in "${tests[@]}"; do
  case $test in
  # WebSocket, to drive the browser, is part of Node.js since 22.
  *page.test.mjs) "$THUNKGEN_NODE/node" --test --test-concurrency 1 "$test" ;;
  # The oldest Node.js of the package is that on PATH.
  *) for node in node "$THUNKGEN_NODE/node"; do PATH=$(dirname "$(command -v "$node")"):$PATH "$node" --test --test-concurrency 1 "$test"; done ;;
  esac
done
