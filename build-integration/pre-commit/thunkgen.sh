#!/usr/bin/env bash
# What the hooks run, in the repository that uses them: the executable that THUNKGEN names, the one on PATH, or one that
# is built from the checkout of this repository which pre-commit made, once.
# usage: thunkgen.sh ARGUMENT...
set -euo pipefail
if [ -n "${THUNKGEN:-}" ]; then exec "$THUNKGEN" "$@"; fi
if ! command -v thunkgen >/dev/null; then
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  built=$here/target/pre-commit
  if [ ! -x "$built/bin/thunkgen" ] && ! command -v cargo >/dev/null; then
    echo "thunkgen.sh: there is no thunkgen: install it, set THUNKGEN to its path, or install Rust to build it" >&2
    exit 1
  fi
  [ -x "$built/bin/thunkgen" ] || cargo install --quiet --locked --path "$here/generator/cli" --root "$built" >&2
  PATH=$built/bin:$PATH
fi
# By its name, so that the command it prints is one to type.
exec thunkgen "$@"
