#!/usr/bin/env bash
# Makes every package of a release from built executables: archives, NuGet packages, Debian packages, and the manifests of
# Homebrew, Scoop and winget.
# usage: build-integration/release/packages.sh [--partial] [EXECUTABLES] [OUT]
#   EXECUTABLES has the executables as all.sh writes them: RID/thunkgen and RID/thunkgen-task (default: target/executables),
#   and npm/*.tgz, as build-integration/npm/build.sh --pack writes it.
#   OUT is made anew (default: target/release-packages). The last lines are the files with their sizes.
#   --partial: make what the executables that exist suffice for.
# needs: Linux, Rust, a C# compiler (`csc`, or the words in CSC, such as CSC="dotnet csc.dll"), GNU tar, gzip, readelf, dpkg-deb.
#   The executable for this machine writes the manual pages and completions.
#
# Equal executables and an equal commit give equal bytes: its time, no owners, files in the order of their names.
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/../.."
. tests/tools/download.sh
fail() { echo "packages.sh: $*" >&2; exit 1; }

partial=
if [ "${1-}" = --partial ]; then partial=1; shift; fi
absolute() { case $1 in /*) echo "$1" ;; *) echo "$here/$1" ;; esac; }
executables=$(absolute "${1:-$PWD/target/executables}")
out=$(absolute "${2:-$PWD/target/release-packages}")

rids=() missing=()
for rid in linux-arm64 linux-x64 osx-arm64 osx-x64 win-arm64 win-x64; do
  suffix=; [[ $rid != win-* ]] || suffix=.exe
  # A package for Linux is for every distribution.
  for program in thunkgen thunkgen-task; do
    if [[ $rid = linux-* ]] && LC_ALL=C readelf -lW "$executables/$rid/$program" 2>/dev/null | grep -q INTERP; then
      fail "$executables/$rid/$program is not static"
    fi
  done
  if [ -f "$executables/$rid/thunkgen$suffix" ] && [ -f "$executables/$rid/thunkgen-task$suffix" ]; then
    rids+=("$rid")
  else
    missing+=("$rid")
  fi
done
if [ ${#missing[@]} != 0 ]; then
  echo "packages.sh: no executables in $executables for ${missing[*]}" >&2
  [ -n "$partial" ] || fail "build them with build-integration/release/all.sh, or make the other packages with --partial"
fi
shopt -s nullglob
npm=("$executables"/npm/*.tgz)
shopt -u nullglob
if [ ${#npm[@]} = 0 ]; then
  echo "packages.sh: no npm package in $executables/npm" >&2
  [ -n "$partial" ] || fail "make it with build-integration/npm/build.sh --pack $executables/npm, or the other packages with --partial"
fi
[ ${#rids[@]} != 0 ] || fail "nothing to pack"

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
repository=$(sed -n 's/^repository = "\([^"]*\)".*/\1/p' Cargo.toml)
read -ra csc <<< "${CSC:-csc}"
maintainer=$(sed -n 's/^Maintainer: //p' build-integration/release/templates/control)
# The time of everything: that of the commit.
commit=() time=1577836800
if head=$(git rev-parse HEAD 2>/dev/null); then
  commit=(--commit "$head")
  time=$(git log -1 --format=%ct)
fi
case $(uname -m) in
x86_64) host=linux-x64 ;;
aarch64) host=linux-arm64 ;;
*) fail "this machine runs none of the executables" ;;
esac
[ -f "$executables/$host/thunkgen" ] || fail "the executable for $host is needed, for manual pages and completions"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The licences are read from the sources of the crates.
retry cargo fetch --quiet --locked
cargo build --quiet --locked -p thunkgen-pack
pack=${CARGO_TARGET_DIR:-target}/debug/thunkgen-pack
rm -rf "$out"
mkdir -p "$out" "$work/executables"
install -m 755 "$executables/$host/thunkgen" "$work/thunkgen"
for rid in "${rids[@]}"; do cp -r "$executables/$rid" "$work/executables/"; done

# Fills @VERSION@, @REPOSITORY@, @URL:RID@ and @SHA256:RID@; returns 1 if a checksum is missing.
fill() { # TEMPLATE
  local rid extension sums=()
  for rid in "${rids[@]}"; do
    extension=tar.gz; [[ $rid != win-* ]] || extension=zip
    local name=thunkgen-$version-$rid.$extension sum=
    [ ! -f "$out/$name" ] || sum=$(sha256sum "$out/$name" | cut -d' ' -f1)
    sums+=(-e "s|@URL:$rid@|$repository/releases/download/v$version/$name|" -e "s|@SHA256:$rid@|$sum|")
  done
  sed -e "s|@VERSION@|$version|g" -e "s|@REPOSITORY@|$repository|g" "${sums[@]}" "build-integration/release/templates/$1" \
    > "$work/filled"
  cat "$work/filled"
  ! grep -q '@[A-Z0-9]*:' "$work/filled"
}

# What is the same on every system, as it is below a prefix such as /usr.
common=$work/common
mkdir -p "$common"/{include/thunkgen,lib/cmake/Thunkgen,share/{man/man1,doc/thunkgen,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}}
cp -r templates/compat/. "$common/include/thunkgen/"
cp build-integration/cmake/{Thunkgen,ThunkgenConfig}.cmake "$common/lib/cmake/Thunkgen/"
fill ThunkgenConfigVersion.cmake > "$common/lib/cmake/Thunkgen/ThunkgenConfigVersion.cmake"
"$work/thunkgen" man --out "$common/share/man/man1"
"$work/thunkgen" completions bash > "$common/share/bash-completion/completions/thunkgen"
"$work/thunkgen" completions zsh > "$common/share/zsh/site-functions/_thunkgen"
"$work/thunkgen" completions fish > "$common/share/fish/vendor_completions.d/thunkgen.fish"
"$pack" notices "$work/THIRD-PARTY-NOTICES.txt" >/dev/null
doc=$common/share/doc/thunkgen
cp LICENSE README.md CHANGELOG.md "$work/THIRD-PARTY-NOTICES.txt" "$doc/"
"$work/thunkgen" completions elvish > "$doc/thunkgen.elv"
"$work/thunkgen" completions powershell > "$doc/thunkgen.ps1"

archive() { # RID
  local rid=$1 root=$work/thunkgen-$version-$1
  mkdir -p "$root/bin"
  cp -r "$common/." "$root/"
  cp "$executables/$rid"/thunkgen* "$root/bin/"
  if [[ $rid = win-* ]]; then
    "$pack" zip "$root" "$out/thunkgen-$version-$rid.zip" >/dev/null
  else
    chmod 755 "$root"/bin/*
    tar --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
      -C "$work" -cf - "thunkgen-$version-$rid" | gzip -n9 > "$out/thunkgen-$version-$rid.tar.gz"
  fi
}

debian() { # ARCHITECTURE RID
  local root=$work/debian-$1 page size
  mkdir -p "$root/DEBIAN" "$root/usr/bin"
  cp -r "$common/." "$root/usr/"
  cp "$executables/$2"/thunkgen* "$root/usr/bin/"
  chmod 755 "$root/usr/bin/"*
  mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
  for page in "$root"/usr/share/man/man1/*; do gzip -n9 "$page"; done
  # shellcheck disable=SC2016 # it is a comment of roff
  printf '%s\n' '.TH thunkgen-task 1' '.SH NAME' 'thunkgen-task \- does the work of an MSBuild task' '.SH SYNOPSIS' \
    '.B thunkgen-task' '.I REQUEST' '[--answer \fIFILE\fR]' '.SH DESCRIPTION' \
    'Writes the C++ call thunks that an MSBuild file of parameters asks for.' 'The option --help describes the parameters.' \
    '.SH SEE ALSO' '.BR thunkgen (1)' | gzip -n9 > "$root/usr/share/man/man1/thunkgen-task.1.gz"
  local doc=$root/usr/share/doc/thunkgen
  { fill copyright; sed -e '1,/^Copyright/d' LICENSE | sed -e '1d' -e 's/^$/./' -e 's/^/ /'; } > "$doc/copyright"
  rm "$doc/LICENSE"
  printf 'thunkgen (%s) stable; urgency=medium\n\n  * CHANGELOG.md.gz has the changes.\n\n -- %s  %s\n' "$version" "$maintainer" \
    "$(date --utc --date="@$time" --rfc-email)" > "$doc/changelog"
  gzip -n9 "$doc/changelog" "$doc/CHANGELOG.md" "$doc/THIRD-PARTY-NOTICES.txt"
  mkdir -p "$root/usr/share/lintian/overrides"
  # A static executable that can be loaded anywhere looks like a library without dependencies.
  for tag in statically-linked-binary shared-library-lacks-prerequisites; do
    printf 'thunkgen: %s [usr/bin/%s]\n' $tag thunkgen $tag thunkgen-task
  done > "$root/usr/share/lintian/overrides/thunkgen"
  size=$(du -sk --apparent-size "$root/usr" | cut -f1)
  fill control | sed -e "s/@ARCHITECTURE@/$1/" -e "s/@SIZE@/$size/" > "$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
  find "$root" -type d -exec chmod 755 {} +
  find "$root" -type f ! -path '*/bin/*' -exec chmod 644 {} +
  SOURCE_DATE_EPOCH=$time dpkg-deb --root-owner-group -Zxz -z3 --build "$root" "$out/thunkgen_${version}_$1.deb" >/dev/null
}

for rid in "${rids[@]}"; do
  archive "$rid"
  case $rid in
  linux-x64) debian amd64 "$rid" ;;
  linux-arm64) debian arm64 "$rid" ;;
  esac
done
nuget=(--executables "$work/executables" --notices "$work/THIRD-PARTY-NOTICES.txt" --out "$out" "${commit[@]}")
"$pack" msbuild "${nuget[@]}" --csc "${csc[@]}" >/dev/null
"$pack" tool "${nuget[@]}" >/dev/null

for template in thunkgen.rb thunkgen.scoop.json Thunkgen.Thunkgen{,.installer,.locale.en-US}.yaml; do
  # A manifest that names archives which do not exist is of no use.
  if ! fill "$template" > "$out/$template"; then
    rm "$out/$template"
    echo "packages.sh: no $template without ${missing[*]}" >&2
  fi
done
cp "$work/THIRD-PARTY-NOTICES.txt" "${npm[@]}" "$out/"

(cd "$out" && sha256sum -- * > "$work/SHA256SUMS" && mv "$work/SHA256SUMS" SHA256SUMS)
(cd "$out" && for file in *; do printf '%10d  %s\n' "$(stat -c %s "$file")" "$file"; done)
