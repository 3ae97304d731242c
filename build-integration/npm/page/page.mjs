// What is shown. Data only ever becomes text of elements, never markup.
import { element, findings, number, plural, show } from "./elements.mjs";
import { pagedTable } from "./table.mjs";
import { bytesOf } from "./bytes.mjs";

const $ = (id) => document.getElementById(id);

// The worker.
const worker = new Worker(URL.createObjectURL(new Blob([$("worker").textContent], { type: "text/javascript" })));
const waiting = new Map();
let last = 0;
worker.onmessage = ({ data: { id, result, error } }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  error === undefined ? resolve(result) : reject(new Error(error));
};
worker.onerror = (event) => say(`The worker failed: ${event.message}`, "error");
const ask = (task, given = {}) => new Promise((resolve, reject) => {
  waiting.set(++last, { resolve, reject });
  worker.postMessage({ id: last, task, ...given });
});

function say(text, level = "") {
  $("status").textContent = text;
  $("status").className = level;
}

/** Shows that something is in progress; an error is shown where the status is. */
async function busy(text, work) {
  say(text, "busy");
  document.body.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (error) {
    say(error.message, "error");
  } finally {
    document.body.removeAttribute("aria-busy");
  }
}

// Sections. One is shown, and its results are made when it is first shown.
const SECTIONS = ["files", "keys", "report", "layouts", "explain", "generate"];
let made = new Set();
function showSection() {
  const wanted = SECTIONS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "files";
  for (const section of SECTIONS) $(section).hidden = section !== wanted;
  for (const link of document.querySelectorAll("nav a")) link.hash === "#" + wanted ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  if (fill[wanted] && chosen.assemblies && !made.has(wanted)) {
    made.add(wanted);
    fill[wanted]();
  }
  return wanted;
}
addEventListener("hashchange", () => {
  $(showSection() + "-heading").focus({ preventScroll: true });
  scrollTo(0, 0);
});

// Files.
let chosen = { count: 0, assemblies: 0, isApp: false, files: [] };
let report;

async function add(list) {
  if (list.length === 0) return say("There was no file in what was dropped.", "error");
  const now = await busy(`Reading ${plural(list.length, "file")}…`, () => ask("add", { chosen: list }));
  if (now) changed(now);
}

async function changed(now) {
  chosen = now;
  made = new Set();
  report = undefined;
  $("clear").disabled = now.count === 0;
  for (const place of ["keys-list", "keys-detail", "report-content", "layouts-list", "layouts-detail", "explain-result", "generate-result"]) $(place).replaceChildren();
  const rows = now.files.map(({ path, size }) => [element("code", null, path), number(size) + " bytes"]);
  show($("files-list"), now.count && pagedTable({ caption: "files", heads: ["File", "Size"], rows, total: now.count }));
  empty();
  if (now.problems?.length) return say(`Not read: ${now.problems.join("; ")}`, "error");
  if (now.count === 0) return say("");
  if (now.assemblies === 0) return say("None of these files is an assembly (.dll, .exe, .wasm or .webcil).", "error");
  await busy("Examining the files…", async () => {
    if (now.isApp) report = await ask("doctor");
    const what = report ? report.report.verdict.summary : `${plural(now.assemblies, "file")} to examine`;
    say(`${plural(now.count, "file")}. ${what}`);
    location.hash = report ? "#report" : "#keys";
    showSection();
  });
}

/** What sections without data show. */
function empty() {
  for (const place of ["keys-list", "report-content", "layouts-list"]) show($(place), element("p", { class: "faint" }, "Choose assemblies under ", element("a", { href: "#files" }, "Files"), " first."));
}

const withPath = (file) => ({ path: file.webkitRelativePath || file.name, file });
for (const input of [$("choose-files"), $("choose-directory")]) input.addEventListener("change", async () => {
  await add([...input.files].map(withPath));
  input.value = "";
});
$("clear").addEventListener("click", async () => changed(await ask("clear")));

/** The files in what was dropped, with those in directories. */
async function entriesOf(entry, found) {
  if (entry.isFile) {
    found.push({ path: entry.fullPath.slice(1), file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
  } else if (entry.isDirectory) {
    const reader = entry.createReader();
    // A reader gives some entries at a time.
    for (let some; (some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length;) for (const one of some) await entriesOf(one, found);
  }
  return found;
}
addEventListener("dragover", (event) => { event.preventDefault(); $("drop").classList.add("over"); });
addEventListener("dragleave", () => $("drop").classList.remove("over"));
addEventListener("drop", async (event) => {
  event.preventDefault();
  $("drop").classList.remove("over");
  // They are gone when the event is over. An entry of a file cannot be read if this page is a file itself.
  const items = [...event.dataTransfer.items].filter((item) => item.kind === "file").map((item) => {
    const entry = item.webkitGetAsEntry?.();
    return entry?.isDirectory ? entry : item.getAsFile();
  });
  const found = [];
  try {
    for (const item of items) item instanceof File ? found.push(withPath(item)) : await entriesOf(item, found);
  } catch {
    return say("The browser does not let this page read a directory that is dropped. Choose it with the button for a directory, or drop a .zip file.", "error");
  }
  await add(found);
});

const detail = (place, ...content) => {
  const heading = element("h3", { tabindex: "-1" }, content.shift());
  show(place, heading, ...content);
  heading.focus();
  heading.scrollIntoView({ block: "nearest" });
};

const STATES = { missing: "error", unknown: "warning", provided: "good", unneeded: "" };

// What each section shows.
const fill = {
  async keys() {
    // A report about Mono, which needs no thunks, has no keys.
    const reported = report?.report.keys?.length ? report.report.keys : undefined;
    const collected = reported ? undefined : await busy("Collecting keys…", () => ask("signatures"));
    if (!reported && !collected) return;
    const keys = reported
      ? reported.map(({ key, state, neededBy = [] }) => ({ key, state, reasons: neededBy }))
      : collected.targets.flatMap((target) => target.keys);
    const order = Object.keys(STATES);
    keys.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.key < b.key ? -1 : 1));
    const states = [...new Set(keys.map((entry) => entry.state))].filter(Boolean);
    $("keys-state").replaceChildren(element("option", { value: "" }, "all"), ...states.map((state) => element("option", null, state)));
    $("keys-state").closest("label").hidden = states.length === 0;
    const texts = keys.map(({ key, reasons }) => (key + " " + reasons.map(({ member, assembly = "" }) => member + " " + assembly).join(" ")).toLowerCase());
    const row = ({ key, state, reasons }) => [
      element("button", { type: "button", class: "link code", "data-key": key }, key),
      ...(states.length ? [element("span", { class: "state " + (STATES[state] ?? "") }, state)] : []),
      element("ul", { class: "plain" }, reasons.slice(0, 5).map(({ kind, member, assembly }) => element("li", null, `${kind}: `, element("code", null, member), assembly && ` (${assembly})`)),
        reasons.length > 5 && element("li", null, `and ${number(reasons.length - 5)} more`)),
    ];
    const update = () => {
      const [search, state] = [$("keys-search").value.trim().toLowerCase(), $("keys-state").value];
      const found = keys.filter((entry, index) => (!state || entry.state === state) && texts[index].includes(search));
      show($("keys-list"), pagedTable({ caption: "keys", heads: ["Key", ...(states.length ? ["State"] : []), "Needed by"], rows: found, row, of: keys.length }), collected && findings(collected));
    };
    $("keys-search").oninput = $("keys-state").onchange = update;
    if (collected) say(`${plural(chosen.count, "file")}, ${plural(keys.length, "key")}, ${plural(collected.findings.length, "problem")}.`);
    update();
  },
  report() {
    if (!report) return show($("report-content"), element("p", null, "A report needs the native module of the app (dotnet.native.wasm): drop the whole published directory."));
    // Its own origin, which cannot reach this page. Without the base, its links would be those of this page.
    const page = report.html.replace("<head>", '<head><base href="about:srcdoc">');
    show($("report-content"), element("p", null, download("thunkgen-report.html", report.html, "Download this report")),
      element("iframe", { title: "Report about the app", sandbox: "allow-scripts", srcdoc: page }));
  },
  async layouts() {
    const laidOut = await busy("Laying out types…", () => ask("layouts"));
    if (!laidOut) return;
    const types = laidOut.types;
    const row = (type) => [
      element("button", { type: "button", class: "link code", "data-type": types.indexOf(type) }, type.fullName),
      type.assembly, type.error ?? `${type.size}`, type.signatureCode ?? "",
    ];
    const update = () => {
      const search = $("layouts-search").value.trim().toLowerCase();
      const found = types.filter((type) => type.fullName.toLowerCase().includes(search));
      show($("layouts-list"), pagedTable({ caption: "types", heads: ["Type", "Assembly", "Size", "Code"], rows: found, row, of: types.length }), findings(laidOut));
    };
    $("layouts-list").onclick = ({ target }) => {
      const type = types[target.dataset.type];
      if (type) detail($("layouts-detail"), type.fullName, bytesOf(type));
    };
    $("layouts-search").oninput = update;
    say(`${plural(types.length, "type")}.`);
    update();
  },
};

$("keys-list").addEventListener("click", async ({ target: { dataset } }) => {
  if (!dataset.key) return;
  const explained = await busy("Explaining…", () => ask("explain", { text: dataset.key }));
  if (explained) say(""), detail($("keys-detail"), dataset.key, element("pre", { tabindex: "0" }, explained.text));
});

$("explain-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const explained = await busy("Explaining…", () => ask("explain", { text: $("explain-text").value }));
  if (!explained) return;
  say(explained.ok ? "" : "Nothing was found for this text.");
  show($("explain-result"), element("pre", { tabindex: "0" }, explained.text || explained.remarks), findings(explained));
});

const download = (name, bytes, text = name) => element("a", { download: name, href: URL.createObjectURL(new Blob([bytes])) }, text);
$("generate-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const modules = $("generate-modules").value.split(/[,;\s]+/).filter(Boolean);
  const made = await busy("Generating…", () => ask("generate", { modules, target: $("generate-target").value, emit: $("generate-emit").value }));
  if (!made) return;
  const files = Object.entries(made.files);
  say(files.length ? made.remarks.trim().split("\n").at(-1).replace(/^thunkgen: |; wrote .*/g, "") : "Nothing was generated.", files.length ? "" : "error");
  show($("generate-result"),
    files.length > 0 && pagedTable({ caption: "files", heads: ["File", "Size"], rows: files.map(([name, bytes]) => [download(name, bytes), number(bytes.length) + " bytes"]) }),
    made.archive && element("p", null, download("thunkgen.zip", made.archive, "All files as a .zip file")),
    findings(made));
});

empty();
showSection();
ask("start", { module: $("module").textContent.trim() }).catch((error) => say(`The module cannot be started: ${error.message}`, "error"));
