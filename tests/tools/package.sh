#!/usr/bin/env bash
# Builds every published crate from its own tarball, as a registry's users do.
# usage: package.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
private=$(cargo metadata --format-version 1 --no-deps --locked | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["publish"] == []:
        print("--exclude=" + package["name"])')
# A dirty work tree is what a contributor has; CI's is clean.
# shellcheck disable=SC2086 # one word for each crate
CARGO_PROFILE_DEV_DEBUG=false cargo package --workspace --locked --allow-dirty $private
