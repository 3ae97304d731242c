// Runs the module on files in memory.
import { ConsoleStdout, Directory, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";

const encoder = new TextEncoder();

/** Texts become UTF-8; bytes are not copied, since the module replaces files and never changes them. */
function file(contents) {
  const made = new File([]);
  made.data = typeof contents === "string" ? encoder.encode(contents) : contents instanceof Uint8Array ? contents : new Uint8Array(contents);
  return made;
}

const partsOf = (path) => {
  const parts = path.split("/").filter((part) => part && part !== ".");
  if (parts.length === 0 || parts.includes("..")) throw new TypeError(`${JSON.stringify(path)} is not the path of a file below the root`);
  return parts;
};

/** The tree of `{ path: contents }`. */
function tree(files) {
  const root = new Map();
  for (const [path, contents] of Object.entries(files)) {
    const parts = partsOf(path);
    let entries = root;
    for (const part of parts.slice(0, -1)) {
      if (!entries.has(part)) entries.set(part, new Directory(new Map()));
      entries = entries.get(part).contents;
      if (!entries) throw new TypeError(`${JSON.stringify(path)}: ${JSON.stringify(part)} is a file`);
    }
    entries.set(parts.at(-1), file(contents));
  }
  return root;
}

/** Every file below a directory that is not one of the inputs, as it was given, in order. */
function* changes(entries, inputs, above = "") {
  for (const [name, entry] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (entry instanceof Directory) yield* changes(entry.contents, inputs, above + name + "/");
    else if (!inputs.has(entry)) yield [above + name, entry.data];
  }
}

function* filesOf(entries) {
  for (const entry of entries.values()) if (entry instanceof Directory) yield* filesOf(entry.contents); else yield entry;
}

function collector() {
  const chunks = [];
  return {
    stream: new ConsoleStdout((bytes) => chunks.push(bytes.slice())),
    text() {
      const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
      let at = 0;
      for (const chunk of chunks) all.set(chunk, at), at += chunk.length;
      return new TextDecoder().decode(all);
    },
  };
}

/**
 * Runs the command line `args` on `files`, which are below the current directory.
 * A trap (out of memory, out of stack) is an error with what was written to standard error.
 */
export async function run(module, args, files, { stdin = "", env = {} } = {}) {
  const root = tree(files);
  const inputs = new Set(filesOf(root));
  const [out, err] = [collector(), collector()];
  const descriptors = [new OpenFile(file(stdin)), out.stream, err.stream, new PreopenDirectory("/", root)];
  const wasi = new WASI(["thunkgen", ...args], Object.entries(env).map(([name, value]) => `${name}=${value}`), descriptors, { debug: false });
  const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
  let exitCode;
  try {
    exitCode = wasi.start(instance);
  } catch (error) {
    const said = err.text().trim();
    throw new Error(`the module stopped: ${error?.message ?? error}${said && "\n" + said}`, { cause: error });
  }
  return { exitCode, stdout: out.text(), stderr: err.text(), files: Object.fromEntries(changes(root, inputs)) };
}
