// The functions of the package.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { filesIn, fixtures, nativeTool, net10, project, scratch, texts } from "./common.mjs";

const address = pathToFileURL(createRequire(join(project, "x")).resolve("thunkgen"));
const thunkgen = await import(address);
const { checkNative, doctor, explain, generate, layout, load, lookup, run, signatures, ThunkgenError } = thunkgen;
const inDirectory = (directory, name) => filesIn(directory, name + "/");
const library = { ...inDirectory(join(fixtures, "corlib"), "lib"), ...inDirectory(join(fixtures, "facade"), "lib") };
const ofLibrary = ["-r", join(fixtures, "corlib"), "-r", join(fixtures, "facade")];

test("the outputs for .NET 10 are those of the executable", async () => {
  const made = await generate(inDirectory(net10, "net10"), { module: "*", targetOs: ["browser", "wasi"] });
  const out = scratch();
  const native = nativeTool(["generate", net10, "--module", "*", "--target-os", "browser", "--target-os", "wasi", "--out", out]);
  assert.equal(native.status, 0);
  assert.deepEqual(texts(made.files), texts(filesIn(out)));
  assert.equal(Object.keys(made.files).length, 6);
  assert.ok(made.ok && made.exitCode === 0);
});

test("signatures and layouts", async () => {
  const files = inDirectory(join(fixtures, "interop"), "app");
  const references = library;
  const { targets, ok } = await signatures(files, { references, module: ["native"] });
  assert.ok(ok);
  const native = JSON.parse(nativeTool(["signatures", join(fixtures, "interop"), ...ofLibrary, "--module", "native", "--json"]).stdout);
  assert.deepEqual(targets, native.targets);
  const all = await layout(files, { references });
  assert.ok(all.types.length > 3);
  const one = await layout(files, { references, type: all.types[0].fullName });
  assert.deepEqual(one.types, [all.types[0]]);
  const none = await layout(files, { references, type: "No.Such" });
  assert.deepEqual([none.ok, none.exitCode, none.types], [false, 5, []]);
});

test("explanations", async () => {
  assert.match((await explain("MifS16")).text, /a call from the interpreter to native code/);
  assert.match((await explain("line\nnull function or function signature mismatch")).text, /line 2/);
  assert.equal((await explain("nothing like this")).exitCode, 5);
});

test("thunks in a linked runtime, native code, and published apps", async () => {
  const runtime = { "native.wasm": readFileSync(join(fixtures, "linked-runtime/dotnet.native.wasm")) };
  const found = await lookup({}, { keys: ["MifS16", "MifS999"], thunks: runtime });
  assert.deepEqual(found.keys.map(({ key }) => key), ["MifS16", "MifS999"]);
  const side = inDirectory(join(fixtures, "native-side"), "app");
  const managed = Object.fromEntries(Object.entries(side).filter(([path]) => path.endsWith(".dll")));
  const compared = await checkNative(managed, { references: library, native: { "libdraw.a": side["app/libdraw.a"] } });
  assert.ok(compared.findings.some(({ code, member }) => code === "TG0602" && member?.startsWith("Drawing.Canvas.")), JSON.stringify(compared.findings.slice(0, 3)));
  const app = inDirectory(join(fixtures, "published/app"), "publish");
  const { ok, report, html } = await doctor(app, { html: true });
  assert.ok(ok && report.verdict.errorCount === 0);
  const output = join(scratch(), "report.html");
  nativeTool(["doctor", join(fixtures, "published/app"), "--html", output]);
  const sameRoot = (text) => text.replaceAll(join(fixtures, "published/app"), "publish").replace(/<title>[^<]*/, "");
  assert.equal(sameRoot(html), sameRoot(readFileSync(output, "utf8")));
  assert.equal((await doctor(app)).html, undefined);
});

test("what is wrong with files is a finding", async () => {
  const text = await generate({ "App.dll": "not an assembly" });
  assert.equal(text.exitCode, 3);
  assert.deepEqual(text.files, {});
  assert.deepEqual(text.findings.map(({ code, level, file }) => [code, level, file]), [["TG0004", "error", undefined], ["TG0015", "warning", "App.dll"]]);
  const whole = readFileSync(join(fixtures, "corlib/System.Private.CoreLib.dll"));
  const damaged = await signatures({ "App.dll": whole.subarray(0, whole.length / 2) });
  assert.equal(damaged.exitCode, 3);
  assert.ok(damaged.findings.some(({ level, file }) => level === "error" && file === "App.dll"), JSON.stringify(damaged.findings));
});

test("what is wrong with a call is thrown", async () => {
  await assert.rejects(generate({}), (error) => error instanceof ThunkgenError && error.exitCode === 2);
  await assert.rejects(generate({ "a.dll": "" }, { targetOs: "moon" }), { name: "ThunkgenError", message: /moon/ });
  await assert.rejects(generate({ "../a.dll": "" }), TypeError);
  await assert.rejects(generate({ "a": "", "a/b.dll": "" }), TypeError);
});

test("what a run writes, and what it is given, stay apart", async () => {
  const bytes = readFileSync(join(fixtures, "corlib", "System.Private.CoreLib.dll"));
  const before = Buffer.from(bytes);
  const { exitCode, files } = await run(["generate", "lib/c.dll", "--out", "lib", "--depfile", "lib/d"], { "lib/c.dll": bytes });
  assert.equal(exitCode, 0);
  assert.deepEqual(Object.keys(files).filter((path) => path.startsWith("lib/")).length, Object.keys(files).length);
  assert.ok(!files["lib/c.dll"] && files["lib/d"]);
  assert.deepEqual(bytes, before);
});

test("a module that stops is an error with what it said", async () => {
  // (func (export "_start") unreachable), with a memory.
  const trap = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 19, 2, 6, 95, 115, 116, 97, 114, 116, 0, 0, 6, 109, 101, 109, 111, 114, 121, 2, 0, 10, 5, 1, 3, 0, 0, 11]);
  await load(trap);
  await assert.rejects(run(["--version"]), (error) => error instanceof ThunkgenError && error.exitCode === 4 && /stopped: unreachable/.test(error.message));
  await assert.rejects(load(new Uint8Array(8)));
  await load();
  assert.match((await run(["--version"])).stdout, /^thunkgen \d/);
});
