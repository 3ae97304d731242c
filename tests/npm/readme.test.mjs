// The examples in build-integration/npm/README.md run.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fixtures, project, scratch } from "./common.mjs";

const readme = readFileSync(join(project, "node_modules/thunkgen/README.md"), "utf8");
const snippet = (language) => new RegExp("^```" + language + "\n(.*?)^```", "ms").exec(readme)[1];

/** A directory with the package and a published app. */
function directory() {
  const made = scratch();
  symlinkSync(join(project, "node_modules"), join(made, "node_modules"));
  writeFileSync(join(made, "package.json"), '{ "private": true, "type": "module" }');
  cpSync(join(fixtures, "published/app"), join(made, "publish"), { recursive: true });
  return made;
}

test("the commands", () => {
  const cwd = directory();
  const lines = snippet("sh").trim().split("\n");
  assert.equal(lines.length, 3);
  for (const line of lines) {
    const { status, stderr } = spawnSync("sh", ["-c", line], { cwd });
    assert.equal(status, 0, `${line}: ${stderr}`);
  }
  assert.match(readFileSync(join(cwd, "generated/callhelpers-pinvoke.cpp"), "utf8"), /geo/);
});

test("the functions", () => {
  const cwd = directory();
  writeFileSync(join(cwd, "example.mjs"), snippet("js"));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["example.mjs"], { cwd });
  assert.equal(status, 0, String(stderr));
  assert.match(String(stdout), /^M\w+ M\w+[\s\S]*means/);
  assert.match(readFileSync(join(cwd, "callhelpers-pinvoke.cpp"), "utf8"), /geo/);
});
