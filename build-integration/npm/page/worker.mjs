// Everything that takes time: unpacking, and the module. It keeps the files.
import { unzipSync, zipSync } from "fflate";
import { doctor, explain, generate, layout, load, signatures, ThunkgenError } from "../lib/index.mjs";

const ASSEMBLY = /\.(dll|exe|wasm|webcil)$/i;
const APP = /(^|\/)(dotnet\.native[^/]*\.wasm|blazor\.boot\.json|dotnet\.boot\.js|dotnet\.js)(\.br|\.gz)?$/i;
/** An archive that says it contains more is refused. */
const LARGEST = 2 ** 30;
/** Where files are that came without a directory. */
const LOOSE = "files";

let files = {};

/** Paths of files that were chosen or that are in an archive, below a directory and without `..`. */
function place(path) {
  const parts = path.split(/[\\/]/).filter((part) => part && part !== "." && part !== "..");
  return parts.length > 1 ? parts.join("/") : `${LOOSE}/${parts[0] ?? "file"}`;
}

function unzip(name, bytes) {
  let size = 0;
  const found = unzipSync(bytes, {
    filter(entry) {
      if (entry.name.endsWith("/") || entry.name.startsWith("__MACOSX/")) return false;
      size += entry.originalSize;
      if (size > LARGEST) throw new Error("it contains more than 1 GB");
      return true;
    },
  });
  const directory = name.replace(/\.zip$/i, "");
  return Object.fromEntries(Object.entries(found).map(([path, contents]) => [place(`${directory}/${path}`), contents]));
}

const describe = () => {
  const paths = Object.keys(files).sort();
  return {
    count: paths.length,
    files: paths.slice(0, 1000).map((path) => ({ path, size: files[path].length })),
    assemblies: paths.filter((path) => ASSEMBLY.test(path)).length,
    isApp: paths.some((path) => APP.test(path)),
  };
};

/** The directories with assemblies, as inputs. */
const inputs = () => [...new Set(Object.keys(files).filter((path) => ASSEMBLY.test(path)).map((path) => path.slice(0, path.lastIndexOf("/"))))];

const tasks = {
  async start({ module }) {
    const packed = Uint8Array.from(atob(module), (letter) => letter.charCodeAt(0));
    await load(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  },
  async add({ chosen }) {
    const problems = [];
    for (const { path, file } of chosen) {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        Object.assign(files, /\.zip$/i.test(path) ? unzip(path.split("/").at(-1), bytes) : { [place(path)]: bytes });
      } catch (error) {
        problems.push(`${path}: ${error.message}`);
      }
    }
    return { ...describe(), problems };
  },
  async clear() {
    files = {};
    return describe();
  },
  signatures: () => signatures(files, { inputs: inputs() }),
  doctor: () => doctor(files, { html: true }),
  layouts: () => layout(files, { inputs: inputs() }),
  explain: ({ text }) => explain(text, ...(inputs().length ? [files, { inputs: inputs() }] : [])),
  async generate({ modules, target, emit }) {
    const made = await generate(files, { inputs: inputs(), module: modules, targetOs: target, emit });
    const names = Object.keys(made.files);
    return { ...made, archive: names.length > 1 ? zipSync(made.files) : undefined };
  },
};

async function answer({ id, task, ...given }) {
  try {
    postMessage({ id, result: await tasks[task](given) });
  } catch (error) {
    postMessage({ id, error: error instanceof ThunkgenError ? error.message : String(error?.message ?? error) });
  }
}

// One after the other: all need the module, and most the files.
let queue = Promise.resolve();
onmessage = ({ data }) => (queue = queue.then(() => answer(data)));
