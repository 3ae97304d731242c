"use strict";
// Shows the data of a report. Every view has at most PAGE rows, so the number of elements does not depend on the size of
// the app. Data only ever becomes text of elements, never markup.
(() => {
  const PAGE = 100;
  const data = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("main");
  const list = (name) => data[name] ?? [];
  const number = new Intl.NumberFormat("en");

  // Words for states, and how bad each is: the first of a list are shown first.
  const STATES = {
    keys: [["missing", "missing", "error"], ["unknown", "not known", "warning"], ["provided", "provided", "good"], ["unneeded", "not needed", ""]],
    libraries: [["defective", "defective", "error"], ["notLinked", "not linked", "warning"], ["unknown", "not known", "warning"], ["complete", "complete", "good"], ["internal", "internal", ""]],
    pinvokes: [["otherType", "other type", "error"], ["noThunk", "no thunk", "error"], ["noFunction", "no function", "error"], ["delegate", "passes a delegate", "error"], ["notLinked", "not linked", "warning"], ["unknown", "not known", "warning"], ["callable", "callable", "good"]],
    callbacks: [["noRow", "no row", "error"], ["otherType", "other type", "error"], ["refused", "refused", "error"], ["unknown", "not known", "warning"], ["callable", "callable", "good"]],
  };
  const stateOf = (kind, state) => STATES[kind].find(([name]) => name.toLowerCase() === String(state).toLowerCase()) ?? [state, state, ""];
  const rank = (kind, state) => { const at = STATES[kind].indexOf(stateOf(kind, state)); return at < 0 ? 99 : at; };

  // element("p", { class: "x" }, "text", child, ...)
  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) if (value !== undefined && value !== false) made.setAttribute(key, value);
    made.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== ""));
    return made;
  }
  const code = (text) => element("code", null, text);
  const link = (view, name, text) => element("a", { href: address(view, name) }, text ?? code(name));
  const address = (view, name) => "#" + view + (name === undefined ? "" : "/" + encodeURIComponent(name));
  // Mono has no keys, and then nothing is known about one.
  const keyLink = (key) => (byName("keys", "key").has(key) ? link("key", key) : code(key));
  const state = (kind, value) => { const [, words, level] = stateOf(kind, value); return element("span", { class: "state " + level }, words); };
  const plural = (count, noun, nouns) => number.format(count) + " " + (count === 1 ? noun : nouns ?? noun + "s");

  // Entries by name, made when they are first needed.
  const indexes = new Map();
  function byName(kind, key) {
    if (!indexes.has(kind)) indexes.set(kind, new Map(list(kind).map((entry) => [entry[key], entry])));
    return indexes.get(kind);
  }
  let usersOfKeys;
  function pinvokesOf(key) {
    usersOfKeys ??= Map.groupBy ? Map.groupBy(list("pinvokes"), (entry) => entry.key) : list("pinvokes").reduce((map, entry) => map.set(entry.key, [...(map.get(entry.key) ?? []), entry]), new Map());
    return usersOfKeys.get(key) ?? [];
  }
  const findingsAbout = (kind, name) => list("findings").filter(({ about }) => about && about.kind === kind && about.name === name);

  // What each section lists: columns are [heading, cell]; `text` is what the search looks in.
  const KINDS = {
    libraries: {
      title: "Libraries", noun: "library", nouns: "libraries", id: "name", states: true,
      columns: [["Library", (e) => link("library", e.name)], ["State", (e) => state("libraries", e.state)], ["P/Invokes", (e) => number.format(e.pinvokeCount)], ["Callable", (e) => number.format(e.callableCount)], ["Used by", (e) => (e.isFramework ? "framework" : "app")]],
      text: (e) => e.name,
    },
    keys: {
      title: "Keys", noun: "key", id: "key", states: true,
      columns: [["Key", (e) => link("key", e.key)], ["State", (e) => state("keys", e.state)], ["Type", (e) => e.wasmType && code(e.wasmType)], ["Needed by", (e) => users(e)]],
      text: (e) => [e.key, e.wasmType, ...(e.neededBy ?? []).map((user) => user.member)].join("\n"),
    },
    pinvokes: {
      title: "P/Invokes", noun: "P/Invoke", id: "id", states: true,
      columns: [["Method", (e) => link("pinvoke", e.id, e.method)], ["State", (e) => state("pinvokes", e.state)], ["Function", (e) => [link("library", e.library), " ", code(e.entryPoint)]], ["Key", (e) => keyLink(e.key)]],
      text: (e) => [e.method, e.entryPoint, e.library, e.key, e.assembly].join("\n"),
    },
    callbacks: {
      title: "Callbacks", noun: "callback", id: "key", states: true,
      columns: [["Method", (e) => link("callback", e.key, e.method)], ["State", (e) => state("callbacks", e.state)], ["Type", (e) => code(e.wasmType)], ["Exported as", (e) => e.entryPoint && code(e.entryPoint)]],
      text: (e) => [e.method, e.key, e.entryPoint, e.assembly].join("\n"),
    },
    structs: {
      title: "Structs", noun: "struct", id: "name",
      columns: [["Struct", (e) => link("struct", e.name)], ["Size", (e) => plural(e.size, "byte")], ["Alignment", (e) => String(e.alignment)], ["Used by", (e) => plural((e.usedBy ?? []).length, "P/Invoke")]],
      text: (e) => [e.name, ...(e.fields ?? []).map((field) => field.name)].join("\n"),
    },
    assemblies: {
      title: "Assemblies", noun: "assembly", nouns: "assemblies", id: "name",
      columns: [["Assembly", (e) => code(e.name)], ["Version", (e) => e.version], ["P/Invokes", (e) => number.format(e.pinvokeCount ?? 0)], ["Callbacks", (e) => number.format(e.callbackCount ?? 0)], ["Container", (e) => e.container], ["File", (e) => code(e.path)]],
      text: (e) => [e.name, e.path].join("\n"),
    },
  };

  function users(entry) {
    const needed = entry.neededBy ?? [];
    if (needed.length === 0) return element("span", { class: "faint" }, "nothing in the assemblies");
    const more = needed.length > 1 ? " and " + plural(needed.length - 1, "other") : "";
    return needed[0].member + more;
  }

  const finding = (entry) => element("article", { class: "finding " + entry.level },
    element("h3", null, entry.level, " ", entry.code, ": ", entry.title),
    element("p", null, where(entry)),
    element("p", null, entry.message),
    entry.remedy && element("p", { class: "faint" }, entry.remedy),
    entry.nextCommand && element("pre", null, code(entry.nextCommand)),
    entry.about && element("p", null, aboutLink(entry.about)));
  const where = (entry) => [entry.member && code(entry.member + (entry.metadataToken ? " (" + entry.metadataToken + ")" : "")), entry.member && entry.file && " in ", entry.file && code(entry.file + (entry.line ? "(" + entry.line + ")" : ""))].filter(Boolean);
  function aboutLink({ kind, name }) {
    const view = { key: "key", pInvoke: "pinvoke", callback: "callback", library: "library" }[kind];
    return view && link(view, name, "Show the " + { key: "key", pinvoke: "P/Invoke", callback: "callback", library: "library" }[view]);
  }

  // One page of rows, with a search, a filter by state, and buttons for other pages.
  function table(kind, entries, controls) {
    const { columns, text, states, noun, nouns, title } = KINDS[kind];
    const sorted = states ? [...entries].sort((a, b) => rank(kind, a.state) - rank(kind, b.state)) : entries;
    const view = element("div");
    const count = element("p", { class: "count", role: "status", "aria-live": "polite" });
    const body = element("tbody");
    const head = element("thead", null, element("tr", null, columns.map(([heading]) => element("th", { scope: "col" }, heading))));
    const rows = element("table", null, element("caption", { class: "skip" }, title), head, body);
    const previous = element("button", { type: "button" }, "Previous " + PAGE);
    const next = element("button", { type: "button" }, "Next " + PAGE);
    const pages = element("div", { class: "controls" }, previous, next);
    let shown = sorted, first = 0, texts;
    function fill() {
      const page = shown.slice(first, first + PAGE);
      body.replaceChildren(...page.map((entry) => element("tr", null, columns.map(([heading, cell], index) =>
        element(index ? "td" : "th", index ? { "data-label": heading } : { scope: "row" }, cell(entry))))));
      const range = shown.length > PAGE ? ", " + number.format(first + 1) + " to " + number.format(first + page.length) + " shown" : "";
      count.textContent = (shown.length === entries.length ? "" : number.format(shown.length) + " of ") + plural(entries.length, noun, nouns) + range;
      previous.disabled = first === 0;
      next.disabled = first + PAGE >= shown.length;
      pages.hidden = shown.length <= PAGE;
      rows.hidden = shown.length === 0;
    }
    previous.addEventListener("click", () => { first -= PAGE; fill(); view.scrollIntoView(); });
    next.addEventListener("click", () => { first += PAGE; fill(); view.scrollIntoView(); });
    if (controls && entries.length > 1) {
      const search = element("input", { type: "search", autocomplete: "off", spellcheck: "false" });
      const filter = states && element("select", null, element("option", { value: "" }, "all"), STATES[kind].map(([name, words]) => {
        const of = entries.filter((entry) => stateOf(kind, entry.state)[0] === name).length;
        return of > 0 && element("option", { value: name }, words + " (" + number.format(of) + ")");
      }).filter(Boolean));
      const select = () => {
        texts ??= sorted.map((entry) => text(entry).toLowerCase());
        const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        const chosen = filter ? filter.value : "";
        shown = sorted.filter((entry, index) => (!chosen || stateOf(kind, entry.state)[0] === chosen) && words.every((word) => texts[index].includes(word)));
        first = 0;
        fill();
      };
      search.addEventListener("input", select);
      filter && filter.addEventListener("change", select);
      view.append(element("div", { class: "controls", role: "search" }, element("label", null, "Search " + (nouns ?? noun + "s"), search), filter && element("label", null, "State", filter)));
    }
    view.append(count, rows, pages);
    fill();
    return view;
  }

  const facts = (pairs) => element("dl", null, pairs.filter(([, value]) => value !== undefined && value !== "").flatMap(([name, value]) => [element("dt", null, name), element("dd", null, value)]));
  const functionText = (found) => found && [found.name && code(found.name), found.name && " ", found.index === undefined ? "empty slot" : "function " + found.index, found.wasmType && [" ", code(found.wasmType)]].flat().filter(Boolean);
  const none = (what) => element("p", { class: "faint" }, what);

  // The codes of a key in words.
  const WORDS = { v: "nothing", i: "i32", l: "i64", f: "f32", d: "f64", V: "v128", l2: "two i64", V2: "two v128", V4: "four v128", T: "this", a: "continuation", p: "managed convention", e: "empty struct" };
  function keyInWords(key) {
    const codes = key.slice(1).match(/[SA]\d+|l\d|V\d|[a-zA-Z]/g) ?? [];
    const word = (text) => (/^[SA]\d/.test(text) ? text.slice(1) + "-byte struct" : WORDS[text] ?? text);
    if (!/^[MI]/.test(key) || codes.length === 0) return undefined;
    const parameters = codes.slice(1).filter((text) => text !== "p").map(word);
    return "returns " + word(codes[0]) + "; " + (parameters.length ? "takes " + parameters.join(", ") : "takes nothing") + (key.endsWith("p") ? "; managed convention" : "; native convention");
  }

  const box = (heading, content, broken) => element("li", broken && { class: "broken" }, element("b", null, heading), content);
  function callPath(entry) {
    const key = byName("keys", "key").get(entry.key);
    const provider = key && (key.providers ?? []).find((one) => one.isUsed);
    const missing = key && key.state === "missing";
    return element("ol", { class: "path" },
      box("Method in C#", [code(entry.method), " ", code(entry.managedDeclaration)]),
      key && box("Key", [keyLink(entry.key), " ", keyInWords(entry.key)]),
      key && box("Thunk", missing ? "missing: nothing provides this key" : provider ? [functionText(provider.function), " in ", code(provider.path)].flat() : "not known", missing),
      box("Function of " + entry.library, entry.function ? functionText(entry.function) : stateOf("pinvokes", entry.state)[1], ["noFunction", "otherType"].includes(stateOf("pinvokes", entry.state)[0])));
  }

  // Bytes of a struct, eight in a row; large structs have the table only.
  function picture(shape) {
    const fields = shape.fields ?? [];
    if (shape.size > 256 || shape.size === 0) return undefined;
    const cells = [];
    for (let offset = 0; offset < shape.size; offset += 1) {
      if (offset % 8 === 0) cells.push(element("div", { class: "offset" }, String(offset)));
      const index = fields.findIndex((field) => offset >= field.offset && offset < field.offset + field.size);
      const field = fields[index];
      cells.push(element("div", field ? { class: index % 2 ? "b" : "a", title: field.name } : { class: "padding", title: "padding" }, field && offset === field.offset ? field.name.slice(0, 4) : ""));
    }
    return element("div", { class: "bytes", role: "img", "aria-label": "Picture of the bytes; the table below has the same offsets" }, cells);
  }
  function fieldTable(shape) {
    if (!shape.fields) return none("Only size and alignment are known.");
    const rows = [];
    let end = 0;
    for (const field of [...shape.fields].sort((a, b) => a.offset - b.offset).slice(0, 1000)) {
      if (field.offset > end) rows.push(["padding", "", end, field.offset - end]);
      rows.push([code(field.name), code(field.nativeType), field.offset, field.size]);
      end = Math.max(end, field.offset + field.size);
    }
    if (shape.size > end) rows.push(["padding", "", end, shape.size - end]);
    const headings = ["Field", "In C", "Offset", "Size"];
    return element("table", null, element("thead", null, element("tr", null, headings.map((heading) => element("th", { scope: "col" }, heading)))),
      element("tbody", null, rows.map((row) => element("tr", null, row.map((cell, index) => element(index ? "td" : "th", index ? { "data-label": headings[index] } : { scope: "row" }, typeof cell === "number" ? String(cell) : cell))))));
  }

  const DETAILS = {
    key(name) {
      const entry = byName("keys", "key").get(name);
      if (!entry) return [none("This report has no key " + name + ".")];
      const members = (entry.neededBy ?? []).slice(0, PAGE);
      return [
        facts([["State", state("keys", entry.state)], ["Means", keyInWords(entry.key)], ["Type", entry.wasmType && code(entry.wasmType)]]),
        findingsAbout("key", name).map(finding),
        element("h3", null, "Provided by"),
        (entry.providers ?? []).length ? element("ul", null, entry.providers.slice(0, PAGE).map((one) => element("li", null, code(one.path), one.table && " " + one.table, ": ", functionText(one.function), one.isUsed ? " (used)" : " (not used)"))) : none("Nothing."),
        element("h3", null, "Needed by " + (entry.neededBy ?? []).length),
        members.length ? element("ul", null, members.map((user) => element("li", null, user.kind ? user.kind + " " : "", code(user.member), user.assembly && " in " + user.assembly))) : none("Nothing in the assemblies."),
        pinvokesOf(name).length > 0 && [element("h3", null, "P/Invokes"), table("pinvokes", pinvokesOf(name), false)],
      ];
    },
    pinvoke(name) {
      const entry = byName("pinvokes", "id").get(name);
      if (!entry) return [none("This report has no P/Invoke " + name + ".")];
      return [
        facts([["State", state("pinvokes", entry.state)], ["Assembly", entry.assembly + " " + entry.metadataToken], ["Library", link("library", entry.library)]]),
        findingsAbout("pInvoke", name).map(finding),
        element("h3", null, "How the call gets to the function"), callPath(entry),
        element("h3", null, "Both sides"), element("pre", null, code("C#        " + entry.managedDeclaration + "\nC         " + entry.nativeDeclaration + "\nthe call  " + entry.wasmType + (entry.function?.wasmType ? "\nfunction  " + entry.function.wasmType : ""))),
        (entry.structs ?? []).slice(0, 20).map((struct) => [element("h3", null, link("struct", struct)), structView(struct, 2)]),
      ];
    },
    library(name) {
      const entry = byName("libraries", "name").get(name);
      const calls = list("pinvokes").filter((one) => one.library === name);
      return [
        entry ? facts([["State", state("libraries", entry.state)], ["Rows in its table", entry.rowCount === undefined ? undefined : number.format(entry.rowCount)]]) : none("This report has no library " + name + "."),
        findingsAbout("library", name).map(finding),
        element("h3", null, "P/Invokes"), calls.length ? table("pinvokes", calls, true) : none("None."),
      ];
    },
    callback(name) {
      const entry = byName("callbacks", "key").get(name);
      if (!entry) return [none("This report has no callback " + name + ".")];
      return [
        facts([["State", state("callbacks", entry.state)], ["Row", code(entry.key)], ["Type", code(entry.wasmType)], ["Exported as", entry.entryPoint && code(entry.entryPoint)], ["Function", functionText(entry.function)], ["Assembly", entry.assembly + " " + entry.metadataToken]]),
        findingsAbout("callback", name).map(finding),
      ];
    },
    struct(name) { return [structView(name, 1)]; },
  };
  function structView(name, level) {
    const shape = byName("structs", "name").get(name);
    if (!shape) return none("This report has no layout of " + name + ".");
    const callers = (shape.usedBy ?? []).map((id) => byName("pinvokes", "id").get(id)).filter(Boolean);
    return [facts([["Size", plural(shape.size, "byte")], ["Alignment", String(shape.alignment)], ["Layout", shape.isMarshalled ? "of the marshalled copy that native code gets" : "of the C# struct itself"]]),
      picture(shape), fieldTable(shape), level === 1 && callers.length > 0 && [element("h3", null, "Passed by"), table("pinvokes", callers, false)]];
  }

  function problems() {
    const all = list("findings");
    const parts = [
      facts([["Runtime", data.runtime && data.runtime.flavor !== "Unknown" ? [data.runtime.flavor === "CoreClr" ? "CoreCLR" : data.runtime.flavor, data.runtime.version].filter(Boolean).join(" ") : undefined], ["Contract", data.runtime && data.runtime.contract], ["Native module", data.nativeModule && code(data.nativeModule.path)], ["Assemblies", list("assemblies").length ? number.format(list("assemblies").length) : undefined]]),
      all.length === 0 && none("No problems were found."),
    ];
    let first = 0;
    const body = element("div");
    const more = element("button", { type: "button" }, "Next " + PAGE);
    const fill = () => { body.replaceChildren(...all.slice(first, first + PAGE).map(finding)); more.hidden = all.length <= PAGE; };
    more.addEventListener("click", () => { first = first + PAGE < all.length ? first + PAGE : 0; fill(); body.scrollIntoView(); });
    fill();
    return [...parts, body, more];
  }
  function files() {
    const rows = list("parts").slice(0, 2000);
    const images = list("images");
    const settings = list("settings");
    const simple = (headings, rows) => element("table", null, element("thead", null, element("tr", null, headings.map((heading) => element("th", { scope: "col" }, heading)))),
      element("tbody", null, rows.map((row) => element("tr", null, row.map((cell, index) => element(index ? "td" : "th", index ? { "data-label": headings[index] } : { scope: "row" }, cell))))));
    return [
      images.length > 0 && [element("h3", null, "Images"), simple(["Image", "ReadyToRun", "Thunks", "State"], images.slice(0, PAGE).map((one) => [code(one.path), one.readyToRunVersion, number.format(one.thunkCount), (one.refusals ?? []).length ? element("span", { class: "state error" }, one.refusals.join(" ")) : element("span", { class: "state good" }, "used")]))],
      settings.length > 0 && [element("h3", null, "Settings"), simple(["Name", "Value", "Effect"], settings.slice(0, PAGE).map((one) => [code(one.name), code(one.value), one.effect ?? "none on thunks"]))],
      [element("h3", null, "Files"), rows.length ? simple(["File", "Role", "Bytes"], rows.slice(0, PAGE).map((one) => [code(one.path), one.role, number.format(one.size)])) : none("None.")],
    ];
  }

  const SECTIONS = [["problems", "Problems", problems, () => list("findings").length]];
  for (const [kind, { title }] of Object.entries(KINDS)) if (list(kind).length) SECTIONS.push([kind, title, () => [table(kind, list(kind), true)], () => list(kind).length]);
  if (list("parts").length || list("images").length || list("settings").length) SECTIONS.push(["files", "Files", files, () => list("parts").length + list("images").length]);
  const SECTION_OF = { key: "keys", pinvoke: "pinvokes", library: "libraries", callback: "callbacks", struct: "structs" };

  function show(isFirst) {
    let [view, name] = location.hash.slice(1).split("/");
    try { name = name === undefined ? undefined : decodeURIComponent(name); } catch { name = undefined; }
    if (view === "main") return;
    const isDetail = name !== undefined && DETAILS[view];
    const section = SECTIONS.find(([id]) => id === (isDetail ? SECTION_OF[view] : view)) ?? SECTIONS[0];
    const entry = isDetail && view === "pinvoke" ? byName("pinvokes", "id").get(name) : isDetail && view === "callback" ? byName("callbacks", "key").get(name) : undefined;
    const title = element("h2", { tabindex: "-1" }, isDetail ? (entry ? entry.method : name) : section[1]);
    const content = isDetail ? DETAILS[view](name) : section[2]();
    main.replaceChildren(title, ...content.flat(3).filter((part) => part && part !== true));
    for (const one of document.querySelectorAll("nav a")) one.toggleAttribute("aria-current", one.hash === "#" + section[0]);
    const current = document.querySelector("nav a[aria-current]");
    current?.setAttribute("aria-current", isDetail ? "true" : "page");
    current?.scrollIntoView({ block: "nearest", inline: "nearest" });
    document.title = title.textContent + " – thunkgen report";
    if (!isFirst) { title.focus(); window.scrollTo(0, 0); }
  }
  document.getElementById("sections").append(...SECTIONS.map(([id, title, , count]) => element("li", null, element("a", { href: "#" + id }, title + " " + number.format(count())))));
  window.addEventListener("hashchange", () => show(false));
  show(true);
})();
