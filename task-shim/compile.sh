#!/bin/sh
# Compiles the MSBuild task ManagedToNativeGenerator into an assembly.
# usage: compile.sh OUT.dll REFERENCES Microsoft.Build.Framework.dll
#   REFERENCES is a folder of reference assemblies: of .NET Standard 2.0 for a task that every MSBuild loads, or those of
#   the .NET that MSBuild runs on. The environment variable CSC is the compiler and its first arguments; without it, csc.
set -eu
[ $# = 3 ] || { echo "usage: compile.sh OUT.dll REFERENCES Microsoft.Build.Framework.dll" >&2; exit 2; }
source=$(dirname "$0")/ManagedToNativeGenerator.cs
out=$1 folder=$2 framework=$3
set -- -nologo -noconfig -nostdlib -langversion:7.3 -warnaserror -nowarn:1701,1702 -deterministic -optimize+ -target:library
for reference in "$folder"/*.dll; do
  set -- "$@" -reference:"$reference"
done
exec ${CSC:-csc} "$@" -reference:"$framework" -out:"$out" "$source"
