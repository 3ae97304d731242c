#!/usr/bin/env bash
# Compiles, links and runs everything generated for the fixtures and for a real set with Debian's Emscripten, also with
# threads, wasm exceptions and link-time optimisation, in Node.js. Prints what ran.
# usage: emscripten.sh
# needs: root or sudo, network, 1 GB of disk space, Node.js, and THUNKGEN_SETS (tests/tools/fetch-sets.sh).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/download.sh
need node "it runs the modules"
if ! command -v em++ >/dev/null || [ ! -e /usr/share/nodejs/acorn ]; then
  debian_packages emscripten
fi
cargo test --locked -p thunkgen-tests --test it emscripten:: -- --include-ignored --nocapture --test-threads 1
