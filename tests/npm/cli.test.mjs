// The command of the package does what the executable does.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filesIn, fixtures, native, nativeTool, net10, npmTool, scratch, texts } from "./common.mjs";

/** Both run in directories of the same contents; streams, exit code and all files are the same. Returns what they were. */
function same(args, { prepare = () => {}, input, cwd = ".", env = {} } = {}) {
  const [expected, found] = [nativeTool, npmTool].map((tool) => {
    const directory = scratch();
    mkdirSync(join(directory, cwd), { recursive: true });
    prepare(directory);
    const given = typeof args === "function" ? args(directory) : args;
    const { status, stdout, stderr } = tool(given, { cwd: join(directory, cwd), input, env: { ...process.env, COLUMNS: "100", ...env } });
    const plain = (text) => text.replaceAll(directory, "DIRECTORY").replaceAll(native, "thunkgen");
    return { status, stdout: plain(stdout), stderr: plain(stderr), files: texts(filesIn(directory)) };
  });
  assert.deepEqual(found, expected);
  return found;
}

test("everything that is generated for the assemblies of .NET 10", () => {
  const { status, files } = same(["generate", net10, "--module", "*", "--target-os", "browser", "--target-os", "wasi", "--out", "out", "--emit", "cpp"]);
  assert.equal(status, 0);
  const names = Object.keys(files);
  assert.equal(names.length, 6, names.join());
  assert.ok(names.every((name) => files[name].length > 1000));
});

test("signatures and layouts of .NET 10", () => {
  assert.ok(same(["signatures", net10, "--json"]).stdout.length > 10_000);
  assert.ok(same(["layout", "--all", net10, "--json"]).stdout.length > 1_000_000);
});

test("exit codes", () => {
  assert.equal(same(["generate"]).status, 2);
  assert.equal(same(["--help"]).status, 0);
  assert.equal(same(["generate", "none.dll", "--out", "out"]).status, 3);
  assert.equal(same(["explain", "no such thing at all"]).status, 5);
  const stale = (directory) => writeFileSync(join(directory, "x.cpp"), "");
  assert.equal(same(["check", join(fixtures, "corlib"), "--pinvoke", "x.cpp"], { prepare: stale }).status, 1);
});

test("standard input", () => {
  assert.match(same(["explain", "-"], { input: "RuntimeError: null function or function signature mismatch\n" }).stdout, /doctor/);
});

const app = (directory) => {
  for (const name of ["corlib", "facade"]) cpSync(join(fixtures, name), join(directory, "app/lib"), { recursive: true });
  cpSync(join(fixtures, "interop"), join(directory, "app/own"), { recursive: true });
};

test("paths: relative, with .., absolute, in options, in response files, patterns", () => {
  const options = { prepare: app, cwd: "work/deep" };
  assert.equal(same(["generate", "../../app/own", "-r", "../../app/lib", "--out", "../out/new"], options).status, 0);
  assert.equal(same((directory) => ["generate", join(directory, "app/own"), `--reference=${join(directory, "app/lib")}`, "-o", join(directory, "out")], options).status, 0);
  assert.equal(same((directory) => ["generate", `${directory}/app/../app/own/*.dll`, `-r${directory}/app/lib`, "--out=../x/../y"], options).status, 0);
  const response = (directory) => {
    app(directory);
    writeFileSync(join(directory, "work/arguments.rsp"), "../../app/own\n--reference\n../../app/lib\n--out\n../from-response\n");
  };
  assert.equal(same(["generate", "@../arguments.rsp"], { ...options, prepare: response }).status, 0);
});

test("a manifest above the current directory", () => {
  const prepare = (directory) => {
    app(directory);
    writeFileSync(join(directory, "project/thunkgen.toml"), 'inputs = ["../app/own"]\nreferences = ["../app/lib"]\nout = "generated"\n');
  };
  const { status, files } = same(["generate"], { prepare, cwd: "project/a/b" });
  assert.equal(status, 0);
  assert.ok(files["project/generated/callhelpers-pinvoke.cpp"]);
});

test("outputs are replaced, kept, and written through links", () => {
  const prepare = (directory) => {
    app(directory);
    mkdirSync(join(directory, "out"));
    mkdirSync(join(directory, "real"));
    writeFileSync(join(directory, "real/table.cpp"), "old");
    symlinkSync("../real/table.cpp", join(directory, "out/callhelpers-pinvoke.cpp"));
    writeFileSync(join(directory, "out/callhelpers-reverse.cpp"), "old");
  };
  const { status, files } = same(["generate", "app/own", "-r", "app/lib", "--out", "out", "--force"], { prepare });
  assert.equal(status, 0);
  assert.ok(files["real/table.cpp"].length > 100);
  assert.equal(same(["generate", "app/own", "-r", "app/lib", "--out", "out"], { prepare }).status, 3, "files of somebody else are kept");
});

test("a published app", () => {
  const prepare = (directory) => cpSync(join(fixtures, "published/app"), join(directory, "publish"), { recursive: true });
  assert.equal(same(["doctor", "publish", "--html", "report.html", "--json"], { prepare }).status, 0);
});

test("other directories are not open, unless a name leads there", () => {
  const outside = scratch();
  app(outside);
  const prepare = (directory) => {
    symlinkSync(join(outside, "app"), join(directory, "link"));
    mkdirSync(join(directory, "own"));
    symlinkSync(join(outside, "app/own/Interop.dll"), join(directory, "own/Interop.dll"));
  };
  assert.equal(same(["generate", "link/own", "-r", "link/lib", "--out", "out"], { prepare }).status, 0);
  const directory = scratch();
  prepare(directory);
  const refused = npmTool(["generate", "own", "-r", "link/lib", "--out", "out"], { cwd: directory });
  assert.deepEqual([refused.status, refused.stderr.split("\n")[0]], [3, "own/Interop.dll: error TG0001: capabilities insufficient"]);
});

test("further directories: sources that PDBs name", () => {
  const prepare = (directory) => {
    app(directory);
    cpSync(join(fixtures, "source-lines"), join(directory, "source-lines"), { recursive: true });
  };
  const args = ["generate", "../source-lines", "-r", "../app/lib", "--out", "out"];
  const { stderr } = same(args, { prepare, cwd: "work", env: { THUNKGEN_DIRECTORIES: ".." } });
  assert.match(stderr, /^\.\.\/source-lines\/SourceLines\.cs\(\d+,\d+\): /m);
});
