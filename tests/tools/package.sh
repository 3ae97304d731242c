#!/usr/bin/env bash
# Compiles every published crate from its own tarball, as a registry's users do: a file that is not in it is an error.
# usage: package.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
private=$(cargo metadata --format-version 1 --no-deps --locked | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["publish"] == []:
        print("--exclude=" + package["name"])')
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
tarballs=$target/package
rm -rf "$tarballs"
# A dirty work tree is what a contributor has; CI's is clean.
# shellcheck disable=SC2086 # one word for each crate
cargo package --workspace --locked --allow-dirty --no-verify $private

# One workspace, in which each crate uses the others from their tarballs, with the versions of the lock file and the profiles
# of the repository, so that what clippy has compiled of the dependencies is not compiled again.
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
for tarball in "$tarballs"/*.crate; do tar -xzf "$tarball" -C "$unpacked"; done
{
  printf '[workspace]\nresolver = "3"\nmembers = ["*"]\n\n[patch.crates-io]\n'
  for crate in "$unpacked"/*/; do
    printf '%s = { path = "%s" }\n' "$(sed -n 's/^name = "\(.*\)"/\1/p' "$crate/Cargo.toml" | head -1)" "${crate%/}"
  done
  sed -n '/^\[profile\./,$p' Cargo.toml
} > "$unpacked/Cargo.toml"
cp Cargo.lock "$unpacked/"
rm -f "$unpacked"/*/Cargo.lock
cargo check --workspace --offline --manifest-path "$unpacked/Cargo.toml" --target-dir "$target"
