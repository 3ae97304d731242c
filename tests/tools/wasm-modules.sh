#!/usr/bin/env bash
# Downloads linked WebAssembly modules that are not .NET, in which no table of a runtime may be found.
# usage: wasm-modules.sh DEST [all]
#   DEST/NAME.wasm, one for each of three packages; with `all`, of ten. What is there already is kept.
# needs: npm, network.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/download.sh"
[ $# = 1 ] || [ "${2-}" = all ] || fail "usage: wasm-modules.sh DEST [all]"
mkdir -p "$1"
dest=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

module() { # NAME PACKAGE@VERSION SHA256 FILE
  [ -e "$dest/$1.wasm" ] && return
  npm_package "$2" "$3" "$work/$1"
  mv "$work/$1/package/$4" "$dest/$1.wasm"
  rm -rf "${work:?}/$1"
}

module sqlite @sqlite.org/sqlite-wasm@3.50.4-build1 3c03c68af54ff0d957eac9b50317e73c0cdcf6077900101485bdb41ccacbea71 sqlite-wasm/jswasm/sqlite3.wasm
# Its options have the shape of P/Invoke tables; its data is passive.
module avif @jsquash/avif@2.1.1 b6c6204b63f9cb17aac7d6ee92b8a4aeba2403dccd49ffc9a93b778923049b5b codec/enc/avif_enc_mt.wasm
module resvg @resvg/resvg-wasm@2.6.2 ff51acbb5ee0074601b75c3bea9226a18d346752af787f6d2d3adcdd98493d71 index_bg.wasm
if [ "${2-}" = all ]; then
  module sql.js sql.js@1.13.0 6d70e68446df85ac8f56e34dd10986cfe1182335cb0f071b71b3f007bc33394a dist/sql-wasm.wasm
  module ffmpeg @ffmpeg/core@0.12.10 d00089ce82e1bdf637ddbe42e0c3d41a1ba8cf4c9e825e7fa4d0bb970e844bd4 dist/esm/ffmpeg-core.wasm
  module ffmpeg-threads @ffmpeg/core-mt@0.12.10 269ab67383ad3884e3303c9dded79e4bece1ae8b4c20d1cb0bbfc70fd8e97d45 dist/esm/ffmpeg-core.wasm
  module esbuild esbuild-wasm@0.28.2 61594de12ce998652be2aa0ab72dda54bfa49407fb37ee3464468a2aac306baa esbuild.wasm
  module php php-wasm@0.0.8 6690923995978e86b7e859307d7ffeeef0263c9b235f36937bd30aa283d3e47e php-web.mjs.wasm
  module onnxruntime onnxruntime-web@1.17.0 6a99b8ddd329c00140485521d00c569c48295ad40f23eefb642bb88a45f4245a dist/ort-wasm-simd-threaded.wasm
  module harfbuzz harfbuzzjs@0.4.12 136fe80c735dd3393666988ff5c39c3fb4f4e27e0b6490036b47956c1954b341 hb-subset.wasm
fi
echo "modules that are not .NET: $(find "$dest" -name '*.wasm' | wc -l) in $dest"
