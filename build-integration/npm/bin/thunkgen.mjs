#!/usr/bin/env node
// The command line: the module of this package on the files of this machine. Only the directories that the arguments
// name are open to it.
import { readFile } from "node:fs/promises";
import { isatty } from "node:tty";
import { setFlagsFromString } from "node:v8";
import { preopens } from "../lib/directories.mjs";

// Node.js warns about every use of its WASI.
const { emitWarning } = process;
process.emitWarning = (warning, ...rest) => {
  if ((rest[0]?.type ?? rest[0]) !== "ExperimentalWarning") emitWarning.call(process, warning, ...rest);
};
// The direct calls from the module to WASI corrupt the memory of Node.js 20 and 22 once the module's memory has grown.
if (Number.parseInt(process.versions.node) < 24) setFlagsFromString("--no-turbo-fast-api-calls");
const { WASI } = await import("node:wasi");

const args = process.argv.slice(2);
const directories = preopens(args, process.cwd(), process.env.THUNKGEN_DIRECTORIES);
const env = { ...process.env, PWD: directories.current };
// Only of a terminal: to look at a pipe here makes it one that does not wait.
const terminal = isatty(2) ? process.stderr : isatty(1) ? process.stdout : undefined;
if (terminal) env.COLUMNS ??= String(terminal.columns);
const wasi = new WASI({ version: "preview1", args: ["thunkgen", ...args], env, preopens: directories.open, returnOnExit: true });
try {
  const module = await WebAssembly.compile(await readFile(new URL("../thunkgen.wasm", import.meta.url)));
  process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
} catch (error) {
  console.error(`thunkgen: error: internal error: ${error.message}`);
  process.exitCode = 4;
}
