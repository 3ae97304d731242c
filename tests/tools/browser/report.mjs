// Uses the page of a report as a person does, and prints what it saw as JSON.
// usage: report.mjs FILE.html SCREENSHOTS-DIRECTORY SEARCH
import { pathToFileURL } from "node:url";
import { open } from "./cdp.mjs";

const [file, shots, search] = process.argv.slice(2);
const url = pathToFileURL(file).href;
const page = await open({ url });
const nodes = () => page.evaluate("document.querySelectorAll('*').length");
const text = (selector) => page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`);
const seen = { nodes: {}, title: await page.evaluate("document.title"), verdict: await text(".verdict") };
const sections = await page.evaluate("[...document.querySelectorAll('nav a')].map((link) => link.hash.slice(1))");
for (const section of sections) {
  await page.evaluate(`document.querySelector('nav a[href="#${section}"]').click()`);
  await page.until(`document.querySelector("nav a[aria-current]")?.hash === "#${section}"`);
  seen.nodes[section] = await nodes();
  await page.screenshot(`${shots}/${section}.png`);
}
// By keyboard alone: from the skip link to the search of the keys, and from a row to its page.
await page.evaluate("location.hash = '#keys'");
await page.until("document.querySelector('h2').innerText === 'Keys'");
for (let times = 0; times < 50 && !(await page.evaluate("document.activeElement.type === 'search'")); times += 1) await page.press("Tab");
seen.all = await text("[role=status]");
await page.type(search);
await page.until(`document.querySelector("[role=status]").innerText !== ${JSON.stringify(seen.all)}`);
seen.found = { status: await text("[role=status]"), first: await text("tbody tr") };
for (let times = 0; times < 50 && !(await page.evaluate("document.activeElement.closest('tbody')")); times += 1) await page.press("Tab");
await page.press("Enter");
await page.until("document.querySelector('h2').innerText !== 'Keys'");
seen.key = { heading: await text("h2"), focus: await page.evaluate("document.activeElement.tagName"), text: await text("main") };
await page.screenshot(`${shots}/key.png`);
for (const view of ["pinvoke", "struct"]) {
  const section = { pinvoke: "pinvokes", struct: "structs" }[view];
  if (!sections.includes(section)) continue;
  await page.evaluate(`location.hash = '#${section}'`);
  await page.until(`document.querySelector("nav a[aria-current=page]")?.hash === "#${section}" && document.querySelector("tbody a")`);
  const list = await text("h2");
  await page.evaluate("document.querySelector('tbody a').click()");
  await page.until(`document.querySelector("h2").innerText !== ${JSON.stringify(list)}`);
  seen[view] = await text("main");
  seen.nodes[view] = await nodes();
  await page.screenshot(`${shots}/${view}.png`);
}
seen.errors = page.errors;
seen.requests = page.requests.filter((request) => request !== url && !request.startsWith("data:"));
page.close();
const phone = await open({ url: url + "#keys", width: 390, height: 800, dark: true, mobile: true });
seen.phone = { width: await phone.evaluate("document.documentElement.scrollWidth"), background: await phone.evaluate("getComputedStyle(document.body).backgroundColor") };
await phone.screenshot(`${shots}/phone.png`);
seen.errors.push(...phone.errors);
phone.close();
console.log(JSON.stringify(seen));
process.exit(0);
