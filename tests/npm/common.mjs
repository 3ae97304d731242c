// What the tests share. npm.sh sets the variables.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const variable = (name) => process.env[name] ?? (() => { throw new Error(`${name} is not set: run tests/tools/npm.sh`); })();

export const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
export const net10 = join(variable("THUNKGEN_SETS"), "net10");
/** A project that has the package. */
export const project = variable("THUNKGEN_NPM_PROJECT");
export const page = variable("THUNKGEN_PAGE");
export const native = variable("THUNKGEN_NATIVE_TOOL");

const outcome = ({ status, stdout, stderr, error }) => {
  if (error) throw error;
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
};
/** The executable. */
export const nativeTool = (args, options = {}) => outcome(spawnSync(native, args, { maxBuffer: 2 ** 28, ...options }));
/** The command of the package, as `npx` starts it. */
export const npmTool = (args, options = {}) => outcome(spawnSync(join(project, "node_modules/.bin/thunkgen"), args, { maxBuffer: 2 ** 28, ...options }));

/** An empty directory until the tests end. */
export function scratch() {
  const directory = mkdtempSync(join(tmpdir(), "thunkgen-npm-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Files below a directory: `{ "app/App.dll": bytes }`. */
export function filesIn(directory, above = "", root = directory) {
  const found = {};
  for (const name of readdirSync(directory).sort()) {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) Object.assign(found, filesIn(path, above, root));
    else found[above + relative(root, path)] = readFileSync(path);
  }
  return found;
}

/** The same with text, which says more when it differs. */
export const texts = (files) => Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));

export { execFileSync };
