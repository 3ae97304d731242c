#!/usr/bin/env bash
# Installs what the tests need on Debian, fetches the real assemblies they run on, and runs them all.
# usage: tests/run.sh
# needs: Rust with cargo, root or sudo, network. Downloads go to target/ and are kept.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/tools/download.sh
. tests/tools/steps.sh

step "tools"
packages=()
command -v cc >/dev/null || packages+=(gcc libc6-dev)
command -v clang++ >/dev/null || packages+=(clang)
command -v llvm-ar >/dev/null || packages+=(llvm)
command -v wasm-ld >/dev/null || packages+=(lld)
command -v g++ >/dev/null || packages+=(g++)
# ThreadSanitizer's and AddressSanitizer's parts of every program
echo 'int main() {}' | clang++ -fsanitize=thread -x c++ - -o /dev/null 2>/dev/null || packages+=(libclang-rt-dev)
command -v git >/dev/null || packages+=(git)
command -v npm >/dev/null || packages+=(npm)
command -v cmake >/dev/null || packages+=(cmake)
command -v make >/dev/null || packages+=(make)
command -v strace >/dev/null || packages+=(strace)
command -v ninja >/dev/null || packages+=(ninja-build)
command -v pre-commit >/dev/null || packages+=(pre-commit)
# The shells that completions are for, and what formats manual pages.
command -v fish >/dev/null || packages+=(fish)
command -v chromium >/dev/null || packages+=(chromium) # the page of a report
command -v groff >/dev/null || packages+=(groff-base)
command -v mandoc >/dev/null || packages+=(mandoc)
command -v zsh >/dev/null || packages+=(zsh)
command -v valgrind >/dev/null || packages+=(valgrind)
python3 -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
[ -e /etc/ssl/certs/ca-certificates.crt ] || packages+=(ca-certificates)
command -v xbuild >/dev/null || packages+=(mono-xbuild)
# A Rust compiler for wasm, whose objects are compared and whose ABI stubs are held against. The one in front stays in front.
PATH=$(dirname "$(command -v cargo)"):$PATH
[ -e /usr/share/doc/rustc-web ] || packages+=(rustc-web)
compgen -G '/usr/src/rustc-*/library/core/src/lib.rs' >/dev/null || packages+=(rust-web-src)
[ -e /usr/lib/wasm32-wasi/libc.a ] || packages+=(wasi-libc) # the tool as a module
debian_packages "${packages[@]}"
# Native objects are compared as the oldest and the newest clang of the distribution make them, whichever there are.
retry as_root apt-get -qq update
mapfile -t clangs < <(apt-cache pkgnames clang- | grep -Ex 'clang-[0-9]+' | sort -t- -k2n | awk -F- '$2 >= 14')
missing=()
for program in "${clangs[0]}" "${clangs[-1]}" "wasm-ld-${clangs[-1]#clang-}"; do
  command -v "$program" >/dev/null || missing+=("${program/wasm-ld/lld}")
done
debian_packages "${missing[@]}"

step "downloads"
export THUNKGEN_SETS=$PWD/target/sets
tests/tools/fetch-sets.sh "$THUNKGEN_SETS"
export THUNKGEN_PACKAGES=$PWD/target/packages
tests/tools/fetch-packages.sh "$THUNKGEN_PACKAGES" game sfml python
export THUNKGEN_LAB=$PWD/target/lab
tests/tools/csharp-compiler.sh "$THUNKGEN_LAB"
export THUNKGEN_MSBUILD=$PWD/target/msbuild
tests/tools/msbuild-engine.sh "$THUNKGEN_MSBUILD" "$THUNKGEN_LAB"
export THUNKGEN_NODE=$PWD/target/node
tests/tools/node.sh "$THUNKGEN_NODE"
export THUNKGEN_BINARYEN=$PWD/target/binaryen
tests/tools/binaryen.sh "$THUNKGEN_BINARYEN"
export THUNKGEN_MODULES=$PWD/target/wasm-modules
tests/tools/wasm-modules.sh "$THUNKGEN_MODULES"
export THUNKGEN_SARIF_SCHEMA=$PWD/target/sarif-schema
tests/tools/sarif-schema.sh "$THUNKGEN_SARIF_SCHEMA"

retry cargo fetch --locked

step "build of the tests"
cargo test --workspace --locked --no-run
step "tests"
cargo test --workspace --locked -- --include-ignored --skip emscripten:: --skip real_packages:: --skip check_native::zig \
  --skip peer_reader:: --skip reader::real_sets --skip ten_modules --skip damaged_files_through_the_executable --skip real_files_cut_short \
  --skip memory_and_work_grow_with_the_input
# Every order of a few threads in the registry's rules. A directory of its own, since the flag is for every crate.
step "loom"
RUSTFLAGS="--cfg loom" cargo test --locked -p thunkgen-registry --test loom --target-dir target/loom
# Optimised, but with overflow checks and debug assertions: damaged files, every file of the sets read in each
# container, everything in the framework's files compared with another reader, everything generated for real packages run,
# every reader and verb fuzzed, and inputs that grow.
step "build of the checked tests"
checked=(--locked --profile checked -p thunkgen-tests)
cargo test "${checked[@]}" --test it --test bad_input --test fuzz --test growth --no-run
step "checked tests"
export THUNKGEN_FUZZ_SECONDS=${THUNKGEN_FUZZ_SECONDS-180}
# Other inputs in every run. Set the seed that was printed to repeat a failure.
export THUNKGEN_FUZZ_SEED=${THUNKGEN_FUZZ_SEED-$(od -An -N6 -tu8 /dev/urandom | tr -d ' ')}
echo "THUNKGEN_FUZZ_SEED=$THUNKGEN_FUZZ_SEED"
# Beside the others, since it has one thread and a fixed time.
cargo test "${checked[@]}" --test fuzz -- --include-ignored no_input_breaks_a_reader > target/fuzz.log 2>&1 &
fuzz=$! status=0
cargo test "${checked[@]}" --test it --test bad_input --test growth -- --include-ignored --skip real_packages::others \
  real_packages:: peer_reader:: reader::real_sets damaged_files_through_the_executable real_files_cut_short \
  memory_and_work_grow_with_the_input || status=$?
step "the rest of fuzzing"
wait $fuzz || status=$?
cat target/fuzz.log
exit $status
