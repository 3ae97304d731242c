// The verbs of thunkgen as functions: files in memory go in, results come out. See index.d.ts.
import { run as runModule } from "./host.mjs";
import { bytes } from "#wasm";

const OUT = ".thunkgen";
const DIAGNOSTICS = OUT + "/diagnostics.json";
const [USAGE, BUG] = [2, 4];

/** The command line was refused (exit code 2), or the tool itself failed (4). */
export class ThunkgenError extends Error {
  name = "ThunkgenError";
  constructor(message, exitCode, options) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

let loaded;

/** Chooses the module: its bytes, or compiled. Without this call, the one of the package is loaded when it is needed. */
export function load(source) {
  loaded = Promise.resolve(source ?? bytes()).then((given) => (given instanceof WebAssembly.Module ? given : WebAssembly.compile(given)));
  return loaded.then(() => {});
}

/** Runs any command line. */
export async function run(args, files = {}, options = {}) {
  if (!loaded) load();
  const module = await loaded.catch((error) => {
    loaded = undefined;
    throw error;
  });
  try {
    return await runModule(module, args, files, options);
  } catch (error) {
    throw error instanceof TypeError ? error : new ThunkgenError(error.message, BUG, { cause: error });
  }
}

/** `{ targetOs: "wasi", module: ["a", "b"], strict: true }` as arguments. */
function argumentsOf(options) {
  return Object.entries(options).flatMap(([name, value]) => {
    const option = "--" + name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
    return [value].flat().flatMap((value) => (value === true ? [option] : value === false || value === undefined ? [] : [`${option}=${value}`]));
  });
}

/** What files mean as arguments: those in a directory mean the directory. */
const places = (files) => [...new Set(Object.keys(files).map((path) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : path)))];

/** The directory that contains all files. */
function rootOf(files) {
  const tops = new Set(Object.keys(files).map((path) => (path.includes("/") ? path.split("/")[0] : ".")));
  return tops.size === 1 ? [...tops][0] : ".";
}

async function runVerb(verb, files, { inputs = places(files), references = {}, stdin, ...options }, { before = [], ...own }) {
  const further = argumentsOf({ ...options, reference: places(references), diagnostics: DIAGNOSTICS, ...own });
  const ran = await run([verb, ...further, "--", ...before, ...inputs], { ...files, ...references }, { stdin });
  if (ran.exitCode === USAGE || ran.exitCode === BUG) throw new ThunkgenError(ran.stderr.trim().replace(/^error: /, ""), ran.exitCode);
  const findings = ran.files[DIAGNOSTICS] ? JSON.parse(new TextDecoder().decode(ran.files[DIAGNOSTICS])) : [];
  return { ...ran, ok: ran.exitCode === 0, findings };
}

const result = ({ ok, exitCode, findings, stderr }) => ({ ok, exitCode, findings, remarks: stderr });
/** The document of a verb; after errors in the input, there is one about the run instead. */
function document({ stdout }) {
  const made = stdout.trim() ? JSON.parse(stdout) : undefined;
  return made?.verb === undefined ? made : undefined;
}

export async function generate(files, options = {}) {
  const ran = await runVerb("generate", files, options, { out: OUT + "/out", noSync: true });
  const start = OUT + "/out/";
  const written = Object.entries(ran.files).filter(([path]) => path.startsWith(start));
  return { ...result(ran), files: Object.fromEntries(written.map(([path, bytes]) => [path.slice(start.length), bytes])) };
}

export async function signatures(files, options = {}) {
  const ran = await runVerb("signatures", files, options, { json: true });
  return { ...result(ran), targets: document(ran)?.targets ?? [] };
}

export async function layout(files, { type, ...options } = {}) {
  const ran = await runVerb("layout", files, options, { json: true, ...(type === undefined ? { all: true } : { before: [type] }) });
  return { ...result(ran), types: document(ran)?.types ?? [] };
}

export async function explain(text, files = {}, options = {}) {
  const ran = await runVerb("explain", files, { stdin: text, ...options }, { before: ["-"] });
  return { ...result(ran), text: ran.stdout };
}

export async function lookup(files, { keys = [], thunks = {}, ...options } = {}) {
  const own = { json: true, in: Object.keys(thunks), coverage: keys.length === 0 };
  const ran = await runVerb("lookup", { ...files, ...thunks }, { inputs: places(files), ...options }, { ...own, before: keys });
  return { ...result(ran), ...document(ran) };
}

export async function checkNative(files, { native = {}, ...options } = {}) {
  const ran = await runVerb("check-native", { ...files, ...native }, { inputs: places(files), ...options }, { native: Object.keys(native) });
  return result(ran);
}

export async function doctor(files, { html = false, ...options } = {}) {
  const page = OUT + "/report.html";
  const ran = await runVerb("doctor", files, { inputs: [rootOf(files)], ...options }, { json: true, noSync: true, html: html && page });
  return { ...result(ran), report: document(ran), html: ran.files[page] && new TextDecoder().decode(ran.files[page]) };
}
