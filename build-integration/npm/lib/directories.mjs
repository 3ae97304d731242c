// Which directories the command line needs: WASI programs see only those that are opened for them.
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";

const MANIFEST = "thunkgen.toml";

/** A path of this machine as the module sees it; only paths of Windows differ. */
const seen = (path) => path.split(sep).join("/").replace(/^(?=[A-Za-z]:\/)/, sep === "/" ? "" : "/");

const isDirectory = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** What of an argument can be a path: all of it, and what follows the name of an option or a separator. */
function paths(argument) {
  const found = [argument];
  for (const { index } of argument.matchAll(/[=,;@]|^-[a-z]/g)) found.push(argument.slice(index + (argument[index] === "-" ? 2 : 1)));
  return found;
}

/** The texts in a manifest. */
function* textsOf(manifest) {
  for (const [, double, single] of readFileSync(manifest, "utf8").matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)) yield double ?? single;
}

/**
 * The directories that arguments name, as WASI wants them: { path as the module sees it: path of this machine }.
 * `more` are further directories, separated as in PATH.
 */
export function preopens(args, cwd, more = "") {
  const open = new Map([[seen(cwd), cwd]]);
  const read = new Set();

  /** Whether a path is of another directory than the current one. */
  function leadsOut(path) {
    if (isAbsolute(path) || path.split(/[\\/]/).includes("..")) return true;
    const place = resolve(cwd, path);
    return isDirectory(place) && !(realpathSync(place) + sep).startsWith(realpathSync(cwd) + sep);
  }
  // The nearest directory that exists. The module finds a path by the start of its text, so `..` has to be in there,
  // and by the path itself, without links.
  function add(path, base) {
    const text = isAbsolute(path) ? path : base + sep + path;
    const parts = text.split(/[\\/]/).slice(0, sep === "/" ? undefined : 99);
    const pattern = parts.findIndex((part) => /[*?[{]/.test(part));
    if (pattern > 0 && !existsSync(text)) parts.length = pattern;
    while (parts.length > 1 && !isDirectory(parts.join(sep))) parts.pop();
    const found = parts.join(sep);
    // Never everything, unless it was asked for.
    if (resolve(found) === resolve("/") && resolve(text) !== resolve("/")) return;
    for (const name of [seen(found), seen(resolve(found)), seen(realpathSync(resolve(found)))]) open.set(name || "/", resolve(found || "/"));
  }
  function addFrom(texts, base) {
    for (const text of texts) for (const path of paths(text)) if (path && leadsOut(path)) add(path, base);
  }
  // The module finds what a manifest names by the path to the manifest, as it was given.
  function addManifest(path) {
    const file = isAbsolute(path) ? path : cwd + sep + path;
    if (read.has(file) || !existsSync(file) || isDirectory(file)) return;
    read.add(file);
    add(dirname(file), cwd);
    addFrom(textsOf(file), dirname(file));
  }
  function addResponseFile(file) {
    if (read.has(file) || !existsSync(file) || isDirectory(file)) return;
    read.add(file);
    addAll(readFileSync(file, "utf8").split("\n").map((line) => line.trim()));
  }
  function addAll(words) {
    addFrom(words, cwd);
    for (const [index, word] of words.entries()) {
      if (word.startsWith("@")) addResponseFile(resolve(cwd, word.slice(1)));
      if (word === "--manifest") addManifest(words[index + 1] ?? "");
      if (word.startsWith("--manifest=")) addManifest(word.slice("--manifest=".length));
    }
  }

  addAll(args);
  for (const directory of more.split(delimiter).filter(Boolean)) add(directory, cwd);
  // The manifest of this directory or of the nearest one above, which is used if no input is named.
  for (let directory = cwd, above = cwd; ; directory = dirname(directory), above += sep + "..") {
    if (existsSync(join(directory, MANIFEST))) {
      add(directory, cwd);
      addManifest(above + sep + MANIFEST);
      break;
    }
    if (directory === dirname(directory)) break;
  }
  return { current: seen(cwd), open: Object.fromEntries(open) };
}
