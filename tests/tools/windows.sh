#!/usr/bin/env bash
# Tries the executables for Windows under wine: paths, line endings, resources, and the same files as on Linux.
# usage: tests/tools/windows.sh EXECUTABLES REFERENCE
#   EXECUTABLES contains thunkgen.exe and thunkgen-task.exe for x64; REFERENCE contains thunkgen and thunkgen-task of the
#   same sources for this machine. With THUNKGEN_SETS, real assemblies are generated too.
# needs: Debian's gcc-mingw-w64-x86-64-win32 and wine64, which are installed if they are missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/download.sh
[ $# = 2 ] || fail "usage: windows.sh EXECUTABLES REFERENCE"
reference=$(cd "$2" && pwd)
sets=${THUNKGEN_SETS:+$(cd "$THUNKGEN_SETS" && pwd)}
compiler=x86_64-w64-mingw32-gcc wine=/usr/lib/wine/wine64
packages=()
command -v $compiler >/dev/null || packages+=(gcc-mingw-w64-x86-64-win32)
[ -x $wine ] || packages+=(wine64)
debian_packages "${packages[@]}"

root=$(mktemp -d)
export WINEPREFIX=$root/wine WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=' LC_ALL=C.UTF-8 COLUMNS=80
trap '/usr/lib/wine/wineserver64 -k || true; rm -rf "$root"' EXIT
mkdir "$WINEPREFIX"
/usr/lib/wine/wineserver64 -p # stays, which saves its start in every run
$wine wineboot --init >"$root/wineboot.txt" 2>&1 || { cat "$root/wineboot.txt" >&2; fail "wine does not start"; }
here=$WINEPREFIX/drive_c/here
mkdir -p "$here/bin" "$here/app"
cp "$1"/thunkgen.exe "$1"/thunkgen-task.exe "$here/bin/"
$compiler -shared -o "$here/bin/bcryptprimitives.dll" tests/support/windows/bcryptprimitives.c -ladvapi32
$compiler -o "$here/bin/resources.exe" tests/support/windows/resources.c -lversion
$compiler -o "$here/bin/hold.exe" tests/support/windows/hold.c
for fixture in corlib facade interop source-lines; do cp tests/fixtures/$fixture/*.dll "$here/app/"; done
cp -r tests/fixtures/native-side "$here/native-side"
cd "$here"

failures=0 name=
case_of() { name=$1; }
wrong() { # WHAT [FILE...]
  failures=$((failures + 1))
  echo "FAILED: $name: $1"
  shift
  local file
  for file in "$@"; do sed "s|^|  $(basename "$file"): |" "$file" | head -40; done
}
# run CODE PROGRAM ARGUMENT...: standard output goes to $root/out, standard error to $root/err.
run() {
  local expected=$1 program=$2 code=0
  shift 2
  $wine "$here/bin/$program.exe" "$@" >"$root/out" 2>"$root/err" </dev/null || code=$?
  [ "$code" = "$expected" ] || wrong "exit code $code, not $expected: $program $*" "$root/out" "$root/err"
}
native() { # CODE PROGRAM ARGUMENT...
  local expected=$1 program=$2 code=0
  shift 2
  "$reference/$program" "$@" >"$root/native-out" 2>"$root/native-err" </dev/null || code=$?
  [ "$code" = "$expected" ] || wrong "exit code $code of the reference, not $expected: $program $*" "$root/native-err"
}
same() { # A B
  diff -r "$1" "$2" >"$root/diff" || wrong "$1 and $2 differ" "$root/diff"
}
# Apart from the separators in paths, and the path of the executable in a command.
plain() { tr '\\' / <"$1" | sed 's|[^ ]*/thunkgen\(.exe\)\? |thunkgen |'; }
same_text() { # WINDOWS LINUX
  diff <(plain "$1") <(plain "$2") >"$root/diff" || wrong "the texts differ (< is Windows)" "$root/diff"
}
has() { # FILE LINE
  grep -qxF -- "$2" "$1" || wrong "no line $2" "$1"
}
with_crlf() { sed 's/$/\r/'; }

case_of "version, help"
run 0 thunkgen --version
native 0 thunkgen --version
same_text "$root/out" "$root/native-out"
run 0 thunkgen generate --help
native 0 thunkgen generate --help
same_text "$root/out" "$root/native-out"
grep -q $'\r' "$root/out" && wrong "line endings of Windows" "$root/out"

case_of "a drive letter, backslashes, a pattern"
native 0 thunkgen generate 'app/*.dll' --module native --out expected
run 0 thunkgen generate 'C:\here\app\*.dll' --module native --out 'C:\here\letter' --depfile 'C:\here\letter.d'
same letter expected
has letter.d '  C:\here\app\Interop.dll \'
has letter.d 'C:\here\app\Interop.dll:'
run 0 thunkgen generate 'app\*.dll' --module native --out 'relative\'
same relative expected
run 0 thunkgen generate "Z:${here//\//\\}\\app" --module native --out "Z:$here/unix"
same unix expected
run 0 thunkgen generate '\\?\C:\here\app\*.dll' '//?/C:/here/app/' --module native --out '\\?\C:\here\verbatim'
same verbatim expected
run 0 thunkgen generate '\here\app' --module native --out '\here\rooted'
same rooted expected

case_of "texts on both systems"
same_text <(run 0 thunkgen generate 'app/*.dll' --module native --out texts; cat "$root/err") \
  <(native 0 thunkgen generate 'app/*.dll' --module native --out texts-native; sed 's/texts-native/texts/' "$root/native-err")
run 0 thunkgen signatures app
native 0 thunkgen signatures app
same_text "$root/out" "$root/native-out"

case_of "a manifest, a response file, suppressions and signatures with line endings of Windows"
with_crlf > thunkgen.toml <<'TOML'
inputs = ["app\\*.dll"]
modules = ["native"]
target-os = ["browser", "wasi"]
out = "generated"
suppressions = ["suppressions.toml"]
extra-signatures = ["extra.txt"]
TOML
with_crlf > suppressions.toml <<'TOML'
[[suppress]]
code = "TG0202"
method = "Fixture.Statics.Generic"
reason = "not called"
TOML
printf '# Called through a table.\nMviS8\nint (float, byte*) # C\n' | with_crlf > extra.txt
run 0 thunkgen generate
mv generated generated-by-windows
sed -i 's|\\\\|/|' thunkgen.toml
native 0 thunkgen generate
same generated-by-windows generated
grep -q $'\r' generated-by-windows/*/* && wrong "generated files have line endings of Windows"
run 0 thunkgen check
printf -- '--module\r\nnative\r\n# remark\r\n--out C:\\here\\by-response\r\n"app\\Interop.dll"\r\napp\\System*.dll\r\n' > a.rsp
run 0 thunkgen generate '@C:\here\a.rsp' app
same by-response expected

case_of "check"
with_crlf < generated/browser/callhelpers-pinvoke.cpp > converted
mv converted generated/browser/callhelpers-pinvoke.cpp
run 1 thunkgen check
native 1 thunkgen check
same_text "$root/err" "$root/native-err"
echo '// edited' >> generated/wasi/callhelpers-pinvoke.cpp
run 1 thunkgen check
native 1 thunkgen check
same_text "$root/out" "$root/native-out"
same_text "$root/err" "$root/native-err"

case_of "check-native"
for verb in run native; do
  $verb 1 thunkgen check-native app native-side --native native-side/libdraw.a --native native-side/libpaint.a
done
same_text "$root/err" "$root/native-err"

case_of "the task"
cat > request.xml <<'XML'
<Project><PropertyGroup><PInvokeOutputPath>task\p.cpp</PInvokeOutputPath>
<ReversePInvokeOutputPath>task\r.cpp</ReversePInvokeOutputPath>
<InterpToNativeOutputPath>C:\here\task\i.cpp</InterpToNativeOutputPath><CacheFilePath>task\cache</CacheFilePath></PropertyGroup><ItemGroup>
<Assemblies Include="app\System.Private.CoreLib.dll;C:\here\app\Interop.dll;app\System.Runtime.dll" />
<PInvokeModules Include="native" />
</ItemGroup></Project>
XML
run 0 thunkgen-task request.xml --answer 'C:\here\answer.xml'
tr '\\' / < request.xml | sed 's|C:/here/||g; s|task/|task-native/|g' > request-native.xml
native 0 thunkgen-task request-native.xml --answer answer-native.xml
rm -f task/cache task-native/cache
same task task-native
same_text <(sed 's|C:.here.||g' answer.xml) <(sed 's|task-native|task|g' answer-native.xml)
has answer.xml '    <FileWrites Include="C:\here\task\i.cpp"/>'

case_of "names with other letters, and long ones"
mkdir 'Grüße 日本 😀'
cp app/*.dll 'Grüße 日本 😀/'
run 0 thunkgen generate 'Grüße 日本 😀\*.dll' --module native --out 'Grüße 日本 😀\füß' --depfile 'ä.d'
same 'Grüße 日本 😀/füß' expected
has ä.d '  Grüße\ 日本\ 😀\Interop.dll \'
run 3 thunkgen generate 'Ä日本.dll' --out x
has "$root/err" 'Ä日本.dll: error TG0001: no such file or directory'
long=$(printf 'a%.0s' {1..100})
long=$long/$long/$long
mkdir -p "$long"
cp app/*.dll "$long/"
run 0 thunkgen generate "$long" --module native --out "C:\\here\\${long//\//\\}\\out"
same "$long/out" expected

case_of "what cannot be written"
chmod a-w letter/callhelpers-pinvoke.cpp
sed -i '1s/$/ /' relative/callhelpers-pinvoke.cpp
printf '// \n' | cat letter/callhelpers-pinvoke.cpp - > edited && cat edited > relative/callhelpers-pinvoke.cpp
chmod a-w relative/callhelpers-pinvoke.cpp
run 0 thunkgen generate app --module native --out letter
run 3 thunkgen generate app --module native --out relative
grep -q 'callhelpers-pinvoke.cpp: error TG0304: it is read-only' "$root/err" || wrong "a read-only file is not reported" "$root/err"
cmp -s edited relative/callhelpers-pinvoke.cpp || wrong "a read-only file was changed"
run 2 thunkgen generate app --module native --out o --depfile 'APP\interop.DLL'
grep -qi 'output APP.interop.DLL is also an input' "$root/err" || wrong "an input is replaced" "$root/err"
run 3 thunkgen generate 'C:\none.dll' --out x
has "$root/err" 'C:\none.dll: error TG0001: no such file or directory'
[ ! -e x ] || wrong "something was written"
[ -z "$(find . -name '.thunkgen-*')" ] || wrong "temporary files stay: $(find . -name '.thunkgen-*')"

case_of "an output that another program has open"
run 0 thunkgen generate app --module native --out held
printf '// \n' | cat letter/callhelpers-pinvoke.cpp - > edited && cat edited > held/callhelpers-pinvoke.cpp
rm held/callhelpers-reverse.cpp
coproc $wine bin/hold.exe 'held\callhelpers-pinvoke.cpp' 2>/dev/null
read -r held <&"${COPROC[0]}"
holder=$COPROC_PID # the shell forgets it when the program ends
[[ $held = held* ]] || wrong "it cannot be held: $held"
run 3 thunkgen generate app --module native --out held
grep -q '^held.callhelpers-pinvoke.cpp: error TG0304: ' "$root/err" || wrong "it is not reported" "$root/err"
cmp -s edited held/callhelpers-pinvoke.cpp && [ ! -e held/callhelpers-reverse.cpp ] || wrong "outputs were changed"
eval "exec ${COPROC[1]}>&-"
wait "$holder" || true
run 0 thunkgen generate app --module native --out held
same held expected

case_of "resources"
for program in thunkgen thunkgen-task; do
  $wine bin/resources.exe bin/$program.exe > "$root/out" 2>"$root/err" || wrong "they cannot be read" "$root/err"
  grep -q '<activeCodePage[^>]*>UTF-8<' "$root/out" && grep -q '<longPathAware[^>]*>true<' "$root/out" &&
    grep -q '<requestedExecutionLevel level="asInvoker"' "$root/out" || wrong "the manifest is another" "$root/out"
  version=$("$reference/thunkgen" -V | cut -d' ' -f2)
  for line in "$version.0" "FileVersion: $version" "ProductVersion: $version" "ProductName: thunkgen" \
    "OriginalFilename: $program.exe" "LegalCopyright: MIT license"; do
    tr -d '\r' < "$root/out" > "$root/lines"
    has "$root/lines" "$line"
  done
done

if [ -n "$sets" ]; then
  case_of "real assemblies"
  set=$sets/net10
  native 0 thunkgen generate "$set" --module libSystem.Native --out real-native
  run 0 thunkgen generate "Z:${set//\//\\}" --module libSystem.Native --out real
  same real real-native
fi

[ $failures = 0 ] || fail "$failures failures"
echo "works under wine"
