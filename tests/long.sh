#!/usr/bin/env bash
# What takes longer than CI may: all damaged files, all verdicts, every fault, all of check-native with Zig, all real
# packages, Emscripten, more than a million mutated inputs, the benchmarks. Run it by hand; `tests/run.sh` is first.
# usage: tests/long.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/tools/steps.sh

export THUNKGEN_SETS=$PWD/target/sets THUNKGEN_LAB=$PWD/target/lab THUNKGEN_MSBUILD=$PWD/target/msbuild THUNKGEN_NODE=$PWD/target/node THUNKGEN_BINARYEN=$PWD/target/binaryen
export THUNKGEN_PACKAGES=$PWD/target/packages THUNKGEN_MODULES=$PWD/target/wasm-modules THUNKGEN_ZIG=$PWD/target/zig
export THUNKGEN_FUZZ_SECONDS=${THUNKGEN_FUZZ_SECONDS-1800} THUNKGEN_BAD_CASES=all THUNKGEN_VERDICTS=all THUNKGEN_NATIVE=all THUNKGEN_FAULTS=all

export THUNKGEN_FUZZ_SEED=${THUNKGEN_FUZZ_SEED-$(od -An -N6 -tu8 /dev/urandom | tr -d ' ')}
echo "THUNKGEN_FUZZ_SEED=$THUNKGEN_FUZZ_SEED"

step "downloads"
tests/tools/fetch-packages.sh "$THUNKGEN_PACKAGES"
tests/tools/wasm-modules.sh "$THUNKGEN_MODULES" all
tests/tools/zig.sh "$THUNKGEN_ZIG"
step "Emscripten"
tests/tools/emscripten.sh
step "every test of the checked profile"
cargo test --locked --profile checked -p thunkgen-tests -- --include-ignored --skip emscripten::
step "benchmarks (printed, not judged)"
cargo bench --locked -p thunkgen-tests --bench generate --bench r2r --bench registry --bench check_native
