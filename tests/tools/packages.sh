#!/usr/bin/env bash
# Makes every package of a release, and opens them with programs that are not this project's.
# usage: tests/tools/packages.sh [EXECUTABLES]
#   EXECUTABLES is what all.sh wrote (default: target/executables), with those for this machine. For platforms that it does not
#   have, there are stand-ins: files with the header of the other system, which are packed and never run.
# needs: what packages.sh needs, clang, cmake, ninja. The other readers are installed if they are missing (Debian).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/download.sh
executables=${1:-target/executables}
case $(uname -m) in x86_64) host=linux-x64 ;; *) host=linux-arm64 ;; esac
[ -f "$executables/$host/thunkgen-task" ] || fail "build the executables with build-integration/release/all.sh --quick $host"
lab=${THUNKGEN_LAB:-$PWD/target/lab}
export CSC=${CSC:-$lab/csc}
packages=()
command -v 7z >/dev/null || packages+=(p7zip-full)
command -v lintian >/dev/null || packages+=(lintian)
command -v ruby >/dev/null || packages+=(ruby)
python3 -c 'import yaml' 2>/dev/null || packages+=(python3-yaml)
debian_packages "${packages[@]}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/executables"
python3 - "$executables" "$work/executables" $host <<'PYTHON'
import pathlib, shutil, struct, sys
real, out, host = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
note = b'a stand-in of tests/tools/packages.sh\n'
static = (real / host / 'thunkgen').read_bytes()
elf = lambda machine: static[:18] + struct.pack('<H', machine) + static[20:64] + note
pe = lambda machine: b'MZ'.ljust(0x3c, b'\0') + struct.pack('<I', 0x40) + b'PE\0\0' + struct.pack('<H', machine) + note
mach = lambda cpu: struct.pack('<II', 0xfeedfacf, cpu) + note
stand_ins = {'linux-x64': elf(62), 'linux-arm64': elf(183), 'win-x64': pe(0x8664), 'win-arm64': pe(0xaa64),
             'osx-x64': mach(0x01000007), 'osx-arm64': mach(0x0100000c)}
for rid, content in stand_ins.items():
    if (real / rid).is_dir():
        shutil.copytree(real / rid, out / rid)
        continue
    print('a stand-in for', rid)
    (out / rid).mkdir()
    for name in ['thunkgen', 'thunkgen-task']:
        file = out / rid / (name + '.exe' * rid.startswith('win-'))
        file.write_bytes(content)
        file.chmod(0o755)
PYTHON

mkdir -p "$work/executables/npm"
echo "a stand-in of tests/tools/packages.sh" > "$work/executables/npm/thunkgen-0.0.0.tgz"

release=build-integration/release/packages.sh
$release "$work/executables" "$work/first" | tee "$work/table"
[ "$(wc -l < "$work/table")" = 24 ] || fail "expected 24 files"

# A platform that is missing is an error, and with --partial only what needs it.
rm -r "$work"/executables/win-*
if $release "$work/executables" "$work/none" > "$work/said" 2>&1; then fail "made without Windows"; fi
grep -q 'no executables in .* for win-arm64 win-x64$' "$work/said" || fail "$(cat "$work/said")"
$release --partial "$work/executables" "$work/partial" > /dev/null 2> "$work/said"
grep -qx 'packages.sh: no thunkgen.scoop.json without win-arm64 win-x64' "$work/said" || fail "$(cat "$work/said")"
[ -f "$work/partial/thunkgen.rb" ] || fail "the formula needs no Windows"
# A second run gives the same bytes; these files list the platforms.
for file in "$work"/partial/*; do
  case ${file##*/} in
  SHA256SUMS | Thunkgen.MSBuild.* | thunkgen.[0-9]*.nupkg) ;;
  *) cmp "$file" "$work/first/${file##*/}" || fail "a second run gives other bytes" ;;
  esac
done
[ ! -e "$work/partial/thunkgen.scoop.json" ] || fail "a manifest without its archive"

python3 tests/tools/packages.py "$work/first" "$work/unpacked"

cd "$work/first"
for package in *.deb; do
  dpkg-deb --info "$package" > /dev/null
  dpkg-deb --contents "$package" | awk '{ print $1, $2, $6 }' > "$work/contents"
  grep -qx -- '-rwxr-xr-x root/root ./usr/bin/thunkgen' "$work/contents" || fail "$package: no executable"
  for file in share/man/man1/thunkgen-check-native.1.gz share/man/man1/thunkgen-task.1.gz share/doc/thunkgen/copyright \
    share/bash-completion/completions/thunkgen share/zsh/vendor-completions/_thunkgen \
    share/fish/vendor_completions.d/thunkgen.fish share/doc/thunkgen/THIRD-PARTY-NOTICES.txt.gz lib/cmake/Thunkgen/ThunkgenConfig.cmake; do
    grep -qx -- "-rw-r--r-- root/root ./usr/$file" "$work/contents" || fail "$package: no $file"
  done
done
lintian --allow-root --fail-on error,warning "$(echo thunkgen_*_"$(dpkg --print-architecture)".deb)"
for file in *.zip *.nupkg; do 7z t "$file" > /dev/null; done
ruby -c thunkgen.rb > /dev/null
cd - > /dev/null

# An unpacked archive is a prefix of CMake.
prefix=$(echo "$work"/unpacked/thunkgen-*-$host)
mkdir "$work/app" "$work/cmake"
cp tests/fixtures/{corlib,facade,interop}/*.dll "$work/app/"
cat > "$work/cmake/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.20)
project(app_thunks CXX)
find_package(Thunkgen 0.1 REQUIRED)
add_library(app_thunks STATIC)
target_compile_features(app_thunks PRIVATE cxx_std_17)
target_compile_options(app_thunks PRIVATE -msimd128)
target_include_directories(app_thunks PRIVATE ${Thunkgen_INCLUDE_DIRS})
thunkgen_generate(TARGET app_thunks ASSEMBLIES "${APP}" MODULES native)
CMAKE
cmake -S "$work/cmake" -B "$work/build" -G Ninja --toolchain "$PWD/build-integration/cmake/example/wasm32-clang.cmake" \
  -D Thunkgen_ROOT="$prefix" -D APP="$work/app" > "$work/log" 2>&1 || fail "$(cat "$work/log")"
cmake --build "$work/build" > "$work/log" 2>&1 || fail "$(cat "$work/log")"
grep -q "THUNKGEN_EXECUTABLE:FILEPATH=$prefix/bin/thunkgen" "$work/build/CMakeCache.txt" || fail "CMake runs another thunkgen"
[ -f "$work/build/libapp_thunks.a" ] || fail "CMake built nothing"
echo "all packages open, and a second run gives the same bytes"
