// Writes the directory of the package and the page. Name, version and licence are those of Cargo.toml.
// usage: assemble.mjs BUILD-DIRECTORY OUT         OUT/thunkgen and OUT/page
//        assemble.mjs BUILD-DIRECTORY --page DIR  DIR/index.html
// BUILD-DIRECTORY has thunkgen.wasm, metadata.json (of `cargo metadata`) and packages/node_modules.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const [build, ...rest] = process.argv.slice(2);
const only = rest[0] === "--page" ? rest[1] : undefined;
const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const read = (...path) => readFileSync(join(...path), "utf8");
const cargo = JSON.parse(read(build, "metadata.json")).packages.find(({ name }) => name === "thunkgen");
const module = readFileSync(join(build, "thunkgen.wasm"));
console.log(`thunkgen.wasm: ${module.length} bytes, ${gzipSync(module, { level: 9 }).length} with gzip`);

async function page(directory) {
  const { buildSync } = createRequire(resolve(build, "packages/x"))("esbuild");
  const { outputFiles } = buildSync({
    entryPoints: [join(here, "page/page.mjs"), join(here, "page/worker.mjs")],
    bundle: true, minify: true, write: false, format: "iife", outdir: "out", charset: "utf8", legalComments: "inline", target: "es2022",
    nodePaths: [resolve(build, "packages/node_modules")],
    // The page contains the module.
    logOverride: { "empty-import-meta": "silent" },
  });
  const bundle = (name) => outputFiles.find(({ path }) => path.endsWith(name)).text.trimEnd().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const hash = (script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  const script = bundle("page.js");
  // The report that `doctor` writes is shown in a frame, which has this policy too.
  const report = `\n${read(root, "templates/report/report.js").trimEnd()}\n`;
  const values = {
    version: cargo.version,
    policy: `default-src 'none'; script-src ${hash(script)} ${hash(report)} 'wasm-unsafe-eval'; worker-src blob:; style-src 'unsafe-inline'; img-src data:; form-action 'none'`,
    style: read(root, "templates/report/report.css") + read(here, "page/page.css").trimEnd(),
    module: gzipSync(module, { level: 9 }).toString("base64"),
    worker: bundle("worker.js"),
    script,
  };
  mkdirSync(directory, { recursive: true });
  const text = read(here, "page/index.html").replace(/\{(version|policy|style|module|worker|script)\}/g, (_, name) => values[name]);
  writeFileSync(join(directory, "index.html"), text);
  console.log(`${join(directory, "index.html")}: ${text.length} bytes`);
}

function npmPackage(directory) {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const part of ["bin", "lib", "README.md"]) cpSync(join(here, part), join(directory, part), { recursive: true });
  cpSync(join(root, "LICENSE"), join(directory, "LICENSE"));
  cpSync(join(build, "THIRD-PARTY-NOTICES.txt"), join(directory, "THIRD-PARTY-NOTICES.txt"));
  writeFileSync(join(directory, "thunkgen.wasm"), module);
  const { private: _, devDependencies: __, ...own } = JSON.parse(read(here, "package.json"));
  const { name, version, description, license, repository } = cargo;
  const text = JSON.stringify({ name, version, description, license, repository: { type: "git", url: `git+${repository}.git` }, ...own }, null, 2);
  writeFileSync(join(directory, "package.json"), text + "\n");
  console.log(`${directory}: ${name} ${version}`);
}

if (only === undefined) npmPackage(join(rest[0], "thunkgen"));
await page(only ?? join(rest[0], "page"));
