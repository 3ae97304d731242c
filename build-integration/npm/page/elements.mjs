// Elements, and words about numbers.

/** element("p", { class: "x" }, "text", child, ...) */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) if (value !== undefined && value !== false) made.setAttribute(key, value);
  made.append(...children.flat().filter((child) => child || child === 0));
  return made;
}

/** Replaces the content of a place. */
export const show = (place, ...content) => place.replaceChildren(...content.flat().filter(Boolean));

const format = new Intl.NumberFormat("en");
export const number = (value) => format.format(value);
export const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

/** The problems of a run, at most 100. */
export function findings({ findings: found }) {
  if (found.length === 0) return [];
  const one = ({ code, level, title, message, file, line, member }) => element("article", { class: "finding " + level },
    element("h3", null, `${code}: ${title}`),
    element("p", null, message),
    element("p", { class: "faint" }, [member, file && file + (line ? `(${line})` : "")].filter(Boolean).join(", ")));
  const order = ["error", "warning", "note"];
  const sorted = [...found].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return [element("h3", null, plural(found.length, "problem")), ...sorted.slice(0, 100).map(one),
    found.length > 100 && element("p", null, `and ${number(found.length - 100)} more`)];
}
