#!/usr/bin/env bash
# Installs the C# 12 compiler (Roslyn 4.8) and the .NET 8.0.4 runtime that runs it, without a .NET SDK.
# usage: csharp-compiler.sh DEST
#   then DEST/csc takes ordinary csc switches, DEST/dotnet runs what it built, DEST/framework holds the assemblies to
#   reference. What is already there is kept.
# needs: Linux x86_64, python 3.11 to 3.15 with venv, npm, network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# = 1 ] || fail "usage: csharp-compiler.sh DEST"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
if [ -x "$dest/csc" ] && [ -x "$dest/dotnet" ] && [ -d "$dest/framework" ]; then
  echo "C# compiler: already in $dest"
  exit 0
fi
[ "$(uname -sm)" = "Linux x86_64" ] || fail "the pinned runtime is for Linux x86_64, this is $(uname -sm)"
need python3 "it hosts the compiler until csc is built"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet_runtime "$dest/dotnet-root"
ln -sfn dotnet-root/shared/Microsoft.NETCore.App/8.0.4 "$dest/framework"

# Roslyn comes with a code generator that carries it.
npm_package @typespec/http-client-csharp@1.0.0-alpha.20260918.2 \
  d247808e4fc3f9c2af4db1d12ed74b943cd0efd87a99706945fd3c839164f23b "$work/roslyn"
mkdir -p "$dest/roslyn"
for name in Microsoft.CodeAnalysis Microsoft.CodeAnalysis.CSharp; do
  cp "$work/roslyn/package/dist/generator/$name.dll" "$dest/roslyn/"
done

retry python3 -m venv --clear "$work/venv"
pip() { "$work/venv/bin/python" -m pip --disable-pip-version-check "$@"; }
retry pip install --quiet --require-hashes --only-binary :all: -r "$here/csharp/requirements.txt"

cat > "$dest/roslyn/csc.runtimeconfig.json" <<'JSON'
{
  "runtimeOptions": {
    "tfm": "net8.0",
    "framework": { "name": "Microsoft.NETCore.App", "version": "8.0.0" },
    "configProperties": { "System.Globalization.Invariant": true }
  }
}
JSON
references=(-r:"$dest/roslyn/Microsoft.CodeAnalysis.dll" -r:"$dest/roslyn/Microsoft.CodeAnalysis.CSharp.dll")
for name in System.Private.CoreLib System.Runtime System.Runtime.Extensions System.Console System.Collections \
  System.Collections.Immutable System.Linq System.IO System.Text.Encoding.Extensions System.Threading netstandard; do
  references+=(-r:"$dest/framework/$name.dll")
done
"$work/venv/bin/python" "$here/csharp/bootstrap.py" "$dest/dotnet-root" "$dest/roslyn/csc.runtimeconfig.json" "$dest/roslyn" \
  -nostdlib -noconfig -nowarn:1701 -langversion:latest -optimize+ -deterministic "${references[@]}" \
  -out:"$dest/roslyn/csc.dll" "$here/csharp/Csc.cs"

# Last, so that an interrupted run starts over.
for tool in dotnet csc; do
  program=
  [ $tool = csc ] && program='"$here/roslyn/csc.dll" '
  cat > "$dest/$tool" <<SH
#!/bin/sh
here=\$(cd "\$(dirname "\$0")" && pwd)
exec "\$here/dotnet-root/dotnet" $program"\$@"
SH
  chmod +x "$dest/$tool"
done
echo "C# compiler: $dest/csc (Roslyn 4.8), $dest/dotnet (.NET 8.0.4), $dest/framework ($(ls "$dest"/framework/*.dll | wc -l) assemblies)"
