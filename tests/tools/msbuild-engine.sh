#!/usr/bin/env bash
# Installs the MSBuild 17.9 engine, without a .NET SDK, with a driver and stand-ins for the standard tasks.
# usage: msbuild-engine.sh DEST CSHARP
#   CSHARP is the folder that csharp-compiler.sh filled. Then DEST/msbuild builds projects, and DEST/engine holds
#   Microsoft.Build.Framework.dll, to compile tasks against. What is there already is kept, unless the sources of the
#   driver or of the tasks changed.
# What comes from Microsoft is the engine: evaluation, imports, conditions, property functions, items, batching, target
# order, Inputs and Outputs, logging, warnings as errors. The tasks (Exec, WriteLinesToFile, ...) are msbuild/*.cs.
# needs: as csharp-compiler.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# = 2 ] || fail "usage: msbuild-engine.sh DEST CSHARP"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
csharp=$(cd "$2" && pwd)
for part in csc dotnet framework; do
  [ -e "$csharp/$part" ] || fail "$csharp has no $part: run csharp-compiler.sh $2 first"
done
sources=("$here/msbuild-engine.sh" "$here"/msbuild/*.cs)
made_from=$(cat "${sources[@]}" | sha256sum)
if [ -x "$dest/msbuild" ] && [ "$(cat "$dest/made-from" 2>/dev/null)" = "$made_from $csharp" ]; then
  echo "MSBuild engine: already in $dest"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
engine=$dest/engine
rm -rf "$engine" "$dest/msbuild" "$dest/made-from"
mkdir -p "$engine"

# The engine comes with the same code generator as the compiler.
npm_package @typespec/http-client-csharp@1.0.0-alpha.20260918.2 \
  d247808e4fc3f9c2af4db1d12ed74b943cd0efd87a99706945fd3c839164f23b "$work/npm"
for name in Microsoft.Build Microsoft.Build.Framework Microsoft.NET.StringTools System.Configuration.ConfigurationManager \
  System.Reflection.MetadataLoadContext; do
  install -m 644 "$work/npm/package/dist/generator/$name.dll" "$engine/"
done

tasks=(Copy CreateProperty Delete Error Exec MakeDir Message ReadLinesFromFile Touch Warning WriteLinesToFile)
{
  echo '<Project>'
  printf '  <UsingTask TaskName="%s" AssemblyFile="$(MSBuildToolsPath)/stand-in-tasks.dll"/>\n' "${tasks[@]}"
  echo '</Project>'
} > "$engine/Microsoft.Common.tasks"
# What the engine looks for beside itself.
: > "$engine/MSBuild.dll"
echo '<Project/>' > "$engine/None.overridetasks"
cat > "$engine/host.runtimeconfig.json" <<'JSON'
{
  "runtimeOptions": {
    "tfm": "net8.0",
    "framework": { "name": "Microsoft.NETCore.App", "version": "8.0.0" },
    "configProperties": { "System.Globalization.Invariant": true }
  }
}
JSON

switches=(-nostdlib -noconfig -langversion:latest -optimize+ -deterministic -nowarn:1701 -r:"$engine/Microsoft.Build.Framework.dll")
for name in System.Private.CoreLib System.Runtime System.Runtime.Extensions System.Console System.Collections System.Linq \
  System.Memory System.Text.RegularExpressions System.Threading.Channels System.Diagnostics.Process \
  System.ComponentModel.Primitives Microsoft.Win32.Primitives netstandard; do
  switches+=(-r:"$csharp/framework/$name.dll")
done
"$csharp/csc" "${switches[@]}" -t:library -out:"$engine/stand-in-tasks.dll" \
  "$here"/msbuild/{StandInTask,LogTasks,FileTasks,ExecTask,Diagnostic}.cs
"$csharp/csc" "${switches[@]}" -r:"$engine/Microsoft.Build.dll" -out:"$engine/host.dll" \
  "$here"/msbuild/{Host,EventLogger}.cs

# Last, so that an interrupted run starts over.
cat > "$dest/msbuild" <<SH
#!/bin/sh
exec "$csharp/dotnet-root/dotnet" "$engine/host.dll" "\$@"
SH
chmod +x "$dest/msbuild"
echo "$made_from $csharp" > "$dest/made-from"
echo "MSBuild engine: $dest/msbuild (17.9)"
