// A table of at most PAGE rows at a time, with what is shown in words.
import { element, number, show } from "./elements.mjs";

const PAGE = 100;

/** `row` turns one of `rows` into cells. `of` is the number of rows without the search, `total` that of rows which exist. */
export function pagedTable({ caption, heads, rows, row = (cells) => cells, of = rows.length, total = rows.length }) {
  const place = element("div");
  function page(start) {
    const shown = rows.slice(start, start + PAGE);
    const count = rows.length === of ? `${number(total)} ${caption}` : `${number(rows.length)} of ${number(of)} ${caption}`;
    const range = rows.length > PAGE ? `, ${number(start + 1)} to ${number(start + shown.length)} shown` : "";
    const turn = (text, to) => {
      const button = element("button", { type: "button" }, text);
      button.disabled = to < 0 || to >= rows.length;
      button.addEventListener("click", () => page(to));
      return button;
    };
    show(place,
      element("p", { class: "count", role: "status" }, count + range),
      shown.length > 0 && element("table", { "aria-label": caption },
        element("thead", null, element("tr", null, heads.map((head) => element("th", { scope: "col" }, head)))),
        element("tbody", null, shown.map((one) => element("tr", null, row(one).map((cell, index) => element("td", { "data-label": heads[index] }, cell)))))),
      rows.length > PAGE && element("div", { class: "pages" }, turn("Previous", start - PAGE), turn("Next", start + PAGE)));
  }
  page(0);
  return place;
}
