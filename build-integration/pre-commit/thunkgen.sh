#!/usr/bin/env bash
# The script of the hooks. It runs the executable in THUNKGEN or the one on PATH, or builds one from pre-commit's checkout of
# this repository, once.
# usage: thunkgen.sh ARGUMENT...
#
# A clone in which nothing has been built has no assemblies: there it passes, with a remark.
set -euo pipefail
if [ -n "${THUNKGEN:-}" ]; then
  tool=$THUNKGEN
else
  if ! command -v thunkgen >/dev/null; then
    here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
    built=$here/target/pre-commit
    if [ ! -x "$built/bin/thunkgen" ] && ! command -v cargo >/dev/null; then
      echo "thunkgen.sh: thunkgen not found: install it, set THUNKGEN to its path, or install Rust to build it" >&2
      exit 1
    fi
    [ -x "$built/bin/thunkgen" ] || cargo install --quiet --locked --path "$here/generator/cli" --root "$built" >&2
    PATH=$built/bin:$PATH
  fi
  # By its name, so that the command that it prints can be copied.
  tool=thunkgen
fi
code=0
output=$("$tool" "$@" 2>&1) || code=$?
if [ $code = 3 ] && grep -q ': error TG0505: ' <<< "$output" &&
  ! grep ': error TG' <<< "$output" | grep -qv ': error TG0505: '; then
  echo "thunkgen: skipped: a path in thunkgen.toml does not exist; build the assemblies to check the generated files"
  exit 0
fi
[ -z "$output" ] || printf '%s\n' "$output"
exit $code
