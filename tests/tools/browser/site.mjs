// Visits the built site as a person does, and prints what it saw as JSON. The site is served below a path, not at the root.
// usage: site.mjs DIRECTORY SCREENSHOTS-DIRECTORY WORD...   (each word is searched)
import { createServer } from "node:http";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { open } from "./cdp.mjs";

const [directory, shots, ...words] = process.argv.slice(2);
const types = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".wasm": "application/wasm" };
const missing = [];
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname).replace(/^\/docs/, "");
  let file = join(directory, normalize(path));
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
  if (!existsSync(file)) {
    missing.push(request.url);
    return response.writeHead(404).end();
  }
  response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}/docs/`;
const seen = { found: {}, wide: [], errors: [], elsewhere: [] };
const done = (page) => {
  seen.errors.push(...page.errors);
  seen.elsewhere.push(...page.requests.filter((url) => !url.startsWith(base) && !/^(data|blob):/.test(url)));
  page.close();
};

for (const word of words) {
  // A page of its own for each, so that no result of another word is taken for one of this.
  const page = await open({ url: base, width: 1400 });
  if (word === words[0]) await page.screenshot(`${shots}/site-home.png`);
  await page.evaluate(`document.querySelector("[data-md-toggle=search]").checked = true; document.querySelector("[data-md-component=search-query]").focus()`);
  await page.evaluate(`{ const query = document.querySelector("[data-md-component=search-query]"); query.value = ${JSON.stringify(word)}; query.dispatchEvent(new Event("keyup")); query.dispatchEvent(new Event("input")) }`);
  await page.until(`[...document.querySelectorAll(".md-search-result__item")].some((item) => item.innerText.toLowerCase().includes(${JSON.stringify(word.toLowerCase())}))`);
  seen.found[word] = await page.evaluate(`[...document.querySelectorAll(".md-search-result__item > a")].map((link) => link.getAttribute("href").replace(location.origin + "/docs/", "").replace(/[?#].*/, ""))`);
  await page.screenshot(`${shots}/site-search.png`);
  done(page);
}
const pages = ["explanation/why-thunks/", "explanation/slots/", "reference/keys/", "reference/diagnostics/", "how-to/messages/"];
for (const [style, options] of [["light", { width: 1400 }], ["dark", { dark: true }], ["phone", { dark: true, width: 390, height: 800, mobile: true }]]) {
  const page = await open({ url: base, ...options });
  for (const place of pages) {
    await page.command("Page.navigate", { url: base + place });
    await page.until(`document.readyState === "complete" && location.href === ${JSON.stringify(base + place)}`);
    if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) seen.wide.push(`${place} ${style}`);
    if (!(await page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)"))) seen.errors.push(`${place}: an image is not shown`);
    await page.screenshot(`${shots}/site-${place.split("/")[1]}-${style}.png`);
  }
  seen[style] = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  done(page);
}
seen.missing = missing;
console.log(JSON.stringify(seen));
process.exit(0);
