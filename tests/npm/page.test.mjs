// The page in a headless Chromium, as a person uses it.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { open } from "../tools/browser/cdp.mjs";
import { filesIn, fixtures, nativeTool, net10, page, project, scratch } from "./common.mjs";

const packages = createRequire(join(process.env.THUNKGEN_NODE_PACKAGES, "x"));
const { zipSync } = packages("fflate");
const shots = process.env.THUNKGEN_SCREENSHOTS ?? scratch();
const file = join(page, "index.html");
const url = pathToFileURL(file).href;

async function start(options = {}) {
  const tab = await open({ url, ...options });
  after(() => tab.close());
  const text = (selector) => tab.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`);
  const until = (expression) => tab.until(expression).catch(async ({ message }) => {
    throw new Error([message, await text("#status"), ...tab.errors].join("; "));
  });
  return {
    ...tab, text,
    until,
    idle: () => until("!document.body.hasAttribute('aria-busy')"),
    /** Drops files of this machine on the page. */
    async drop(...files) {
      const data = { items: [], files, dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"]) await tab.command("Input.dispatchDragEvent", { type, x: 200, y: 300, data });
    },
    async choose(selector, ...files) {
      const { root } = await tab.command("DOM.getDocument");
      const { nodeId } = await tab.command("DOM.querySelector", { nodeId: root.nodeId, selector });
      await tab.command("DOM.setFileInputFiles", { files, nodeId });
    },
    async section(name) {
      await tab.evaluate(`document.querySelector('nav a[href="#${name}"]').click()`);
      await until(`document.querySelector("nav a[aria-current]")?.hash === "#${name}" && !document.body.hasAttribute("aria-busy")`);
    },
    /** Moves the focus with the keyboard to what matches. */
    async tabTo(selector) {
      for (let times = 0; times < 60; times += 1) {
        if (await tab.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
        await tab.press("Tab");
      }
      throw new Error(`${selector} is not reached by Tab`);
    },
    /** Nothing was logged, and nothing was loaded but the page. */
    quiet() {
      assert.deepEqual(tab.errors, []);
      assert.deepEqual(tab.requests.filter((request) => !/^(data|blob):/.test(request) && request.split("#")[0] !== url), []);
    },
  };
}

const appArchive = () => {
  const archive = join(scratch(), "publish.zip");
  writeFileSync(archive, zipSync(filesIn(join(fixtures, "published/app"))));
  return archive;
};

test("a dropped archive of a published app is examined", async () => {
  const tab = await start();
  await tab.drop(appArchive());
  await tab.until("location.hash === '#report' && document.querySelector('iframe')");
  assert.match(await tab.text("#status"), /5 files\. CoreCLR 11\.0\.0.*no problem found/);
  await tab.screenshot(join(shots, "page-report.png"));
  // The report runs in the frame, and its links work there.
  const inFrame = async (expression) => {
    for (let times = 0; times < 6000 && !(await tab.evaluateInFrame(expression)); times += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(await tab.evaluateInFrame(expression), expression);
  };
  await inFrame("/no problem found/.test(document.querySelector('.verdict')?.innerText)");
  await inFrame("document.querySelectorAll('nav a').length > 3");
  await tab.evaluateInFrame("document.querySelector('nav a[href=\"#files\"]').click()");
  await inFrame("document.querySelector('nav a[aria-current]').hash === '#files' && document.querySelector('h2').innerText === 'Files'");
  await tab.section("keys");
  await tab.until("document.querySelector('#keys-list tbody tr')");
  assert.match(await tab.text("#keys-list"), /provided/);
  await tab.screenshot(join(shots, "page-keys.png"));
  tab.quiet();
});

test("missing thunks are found in an app that lacks them", async () => {
  const tab = await start();
  const directory = scratch();
  cpSync(join(fixtures, "published/app"), join(directory, "app"), { recursive: true });
  const framework = join(directory, "app/wwwroot/_framework");
  cpSync(join(fixtures, "published/lacking.wasm"), join(framework, "dotnet.native.abc123defg.wasm"));
  await tab.choose("#choose-directory", join(directory, "app"));
  await tab.until("location.hash === '#report'");
  const native = JSON.parse(nativeTool(["doctor", join(directory, "app"), "--json"]).stdout);
  assert.ok((await tab.text("#status")).includes(native.verdict.summary), await tab.text("#status"));
  await tab.section("keys");
  const missing = native.keys.filter(({ state }) => state === "missing").map(({ key }) => key);
  assert.ok(missing.length > 0);
  await tab.evaluate("document.querySelector('#keys-state').value = 'missing'; document.querySelector('#keys-state').onchange()");
  const shown = await tab.evaluate("[...document.querySelectorAll('#keys-list [data-key]')].map((button) => button.dataset.key)");
  assert.deepEqual(shown.sort(), missing.sort());
  tab.quiet();
});

test("assemblies of .NET 10: keys, types, outputs, with the keyboard", async () => {
  const tab = await start();
  await tab.choose("#choose-files", ...Object.keys(filesIn(net10)).map((name) => join(net10, name)));
  await tab.until("location.hash === '#report'");
  assert.match(await tab.text("#status"), /203 files\. Mono 10\.0/);
  // From the top of the page to the search, and from a row to its explanation.
  await tab.section("keys");
  await tab.until("document.querySelector('#keys-list tbody tr')");
  assert.match(await tab.text("#status"), /203 files, 84 keys/);
  await tab.tabTo("#keys-search");
  await tab.type("FusedMultiplyAdd");
  await tab.until("document.querySelectorAll('#keys-list tbody tr').length === 2");
  await tab.tabTo("[data-key]");
  await tab.press("Enter");
  await tab.until("document.querySelector('#keys-detail pre')");
  assert.match(await tab.text("#keys-detail"), /a call from the interpreter to[\s\S]*needed by[\s\S]*FusedMultiplyAdd/);
  assert.equal(await tab.evaluate("document.activeElement.tagName"), "H3");

  await tab.section("layouts");
  await tab.until("document.querySelector('#layouts-list tbody tr')");
  await tab.tabTo("#layouts-search");
  await tab.type("System.Guid");
  await tab.until("document.querySelector('#layouts-list [data-type]').innerText.startsWith('System.Guid')");
  await tab.evaluate("[...document.querySelectorAll('#layouts-list [data-type]')].find(({ innerText }) => innerText === 'System.Guid').click()");
  const guid = await tab.text("#layouts-detail");
  assert.match(guid, /Size 16, alignment 4, code S16/);
  assert.match(guid, /11 fields/);
  await tab.screenshot(join(shots, "page-layouts.png"));

  await tab.section("generate");
  await tab.tabTo("#generate-modules");
  await tab.type("*");
  await tab.press("Enter");
  await tab.until("document.querySelector('#generate-result tbody tr')");
  await tab.screenshot(join(shots, "page-generate.png"));
  const names = await tab.evaluate("[...document.querySelectorAll('#generate-result td a')].map((link) => link.download)");
  assert.deepEqual(names, ["callhelpers-interp-to-managed.cpp", "callhelpers-pinvoke.cpp", "callhelpers-reverse.cpp"]);
  // What a click saves is what the executable writes.
  const saved = scratch();
  await tab.command("Page.setDownloadBehavior", { behavior: "allow", downloadPath: saved });
  const out = scratch();
  nativeTool(["generate", net10, "--module", "*", "--out", out]);
  const expected = filesIn(out);
  await tab.evaluate("for (const link of document.querySelectorAll('#generate-result td a')) link.click()");
  for (let times = 0; times < 6000 && Object.keys(filesIn(saved)).filter((name) => name.endsWith(".cpp")).length < 3; times += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  const found = filesIn(saved);
  for (const name of Object.keys(expected)) assert.ok(found[name]?.equals(expected[name]), name);
  tab.quiet();
});

test("a message is explained without files", async () => {
  const tab = await start();
  await tab.section("explain");
  await tab.tabTo("#explain-text");
  await tab.type("RuntimeError: null function or function signature mismatch");
  await tab.tabTo("#explain-form button");
  await tab.press("Enter");
  await tab.until("document.querySelector('#explain-result pre')");
  assert.match(await tab.text("#explain-result"), /means[\s\S]*next/);
  await tab.screenshot(join(shots, "page-explain.png"));
  tab.quiet();
  // The page could not send anything if it wanted to.
  for (const address of ["https://example.com/", "data:,x"]) {
    assert.equal(await tab.evaluate(`fetch("${address}").then(() => "sent", () => "refused")`), "refused");
  }
  // The browser reports its refusal after the answer.
  for (let times = 0; times < 6000 && tab.errors.length === 0; times += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.match(tab.errors.join(), /Content Security Policy/);
});

test("wrong files are named, and the page goes on", async () => {
  const tab = await start();
  const directory = scratch();
  writeFileSync(join(directory, "notes.txt"), "no assembly");
  writeFileSync(join(directory, "broken.zip"), "no archive");
  const whole = readFileSync(join(fixtures, "corlib/System.Private.CoreLib.dll"));
  writeFileSync(join(directory, "Half.dll"), whole.subarray(0, whole.length / 2));
  await tab.choose("#choose-files", join(directory, "notes.txt"));
  await tab.until("document.querySelector('#status').innerText.startsWith('None of these')");
  await tab.choose("#choose-files", join(directory, "broken.zip"));
  await tab.until("document.querySelector('#status').innerText.startsWith('Not read: broken.zip')");
  await tab.choose("#choose-files", join(directory, "Half.dll"));
  await tab.until("document.querySelector('#keys-list .finding.error')");
  assert.match(await tab.text("#keys-list .finding"), /Half\.dll/);
  await tab.section("files");
  await tab.evaluate("document.querySelector('#clear').click()");
  await tab.until("document.querySelector('#clear').disabled");
  await tab.choose("#choose-files", join(fixtures, "corlib/System.Private.CoreLib.dll"));
  await tab.until("document.querySelector('#keys-list tbody tr')");
  tab.quiet();
});

test("from a server, dark, on a phone", async () => {
  const server = createServer((request, response) => response.setHeader("Content-Type", "text/html").end(readFileSync(file)));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  const tab = await start({ url: `http://127.0.0.1:${server.address().port}/`, width: 390, height: 800, dark: true, mobile: true });
  await tab.screenshot(join(shots, "page-phone-start.png"));
  const directory = scratch();
  mkdirSync(join(directory, "empty"));
  await tab.drop(join(directory, "empty"));
  await tab.until("document.querySelector('#status').innerText === 'There was no file in what was dropped.'");
  // A directory, with others in it.
  await tab.drop(join(fixtures, "published/app"));
  await tab.until("location.hash === '#report' && document.querySelector('iframe')");
  assert.match(await tab.text("#status"), /^5 files\. CoreCLR/);
  await tab.section("files");
  assert.match(await tab.text("#files-list"), /app\/wwwroot\/_framework\/dotnet\.js/);
  await tab.evaluate("document.querySelector('#clear').click()");
  await tab.until("document.querySelector('#clear').disabled");
  await tab.drop(appArchive());
  await tab.until("location.hash === '#report' && document.querySelector('iframe')");
  for (const section of ["files", "keys", "report", "layouts", "explain", "generate"]) {
    await tab.section(section);
    assert.equal(await tab.evaluate("document.documentElement.scrollWidth"), 390, section);
    await tab.screenshot(join(shots, `page-phone-${section}.png`));
  }
  assert.equal(await tab.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(23, 23, 27)");
  assert.equal(tab.requests.filter((request) => request.startsWith("http")).length, 1, "one request");
  assert.deepEqual(tab.errors, []);
});

test("the functions in another page, with a bundler", async () => {
  const { outputFiles } = packages("esbuild").buildSync({
    stdin: { contents: 'import { explain } from "thunkgen"; explain("MifS16").then(({ text }) => { document.title = text; });', resolveDir: project },
    bundle: true, write: false, format: "esm", platform: "browser",
  });
  const answers = {
    "/": ["text/html", '<link rel="icon" href="data:,"><script type="module" src="/assets/app.js"></script>'],
    "/assets/app.js": ["text/javascript", outputFiles[0].contents],
    "/thunkgen.wasm": ["application/wasm", readFileSync(join(project, "node_modules/thunkgen/thunkgen.wasm"))],
  };
  const server = createServer((request, response) => {
    const [type, contents] = answers[request.url];
    response.setHeader("Content-Type", type).end(contents);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  const tab = await open({ url: `http://127.0.0.1:${server.address().port}/` });
  after(() => tab.close());
  await tab.until("document.title.startsWith('MifS16: a call from the interpreter to native code')");
  assert.deepEqual(tab.errors, []);
});
