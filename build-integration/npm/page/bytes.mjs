// The fields of a value type, and a picture of its bytes.
import { element } from "./elements.mjs";
import { pagedTable } from "./table.mjs";

const ROW = 8;
const MAX_ROWS = 64;

export function bytesOf({ size, alignment, signatureCode, returnSignatureCode, layout, fields, error, metadataToken, assembly }) {
  const where = element("p", { class: "faint" }, `${assembly} ${metadataToken}`);
  if (error) return [where, element("p", null, "No layout: " + error)];
  const sorted = [...fields].sort((a, b) => a.offset - b.offset);
  const rows = [];
  for (let start = 0; start < size && start < ROW * MAX_ROWS; start += ROW) {
    rows.push(element("div", { class: "offset" }, String(start)));
    for (let at = start; at < start + ROW && at < size;) {
      const index = sorted.findIndex((field) => field.offset <= at && at < field.offset + field.size);
      const next = sorted.find((field) => field.offset > at)?.offset ?? size;
      const end = Math.min(index < 0 ? next : sorted[index].offset + sorted[index].size, start + ROW, size);
      const name = index < 0 ? "padding" : sorted[index].name;
      const cell = element("div", { class: index < 0 ? "padding" : index % 2 ? "b" : "a", title: name }, index < 0 ? "" : name);
      cell.style.gridColumn = "span " + (end - at);
      rows.push(cell);
      at = end;
    }
  }
  return [
    where,
    element("p", null, `Size ${size}, alignment ${alignment}, code `, element("code", null, signatureCode), returnSignatureCode !== signatureCode && [", as a result ", element("code", null, returnSignatureCode)], `; ${layout}.`),
    element("div", { class: "bytes", "aria-hidden": "true" }, rows),
    pagedTable({ caption: "fields", heads: ["Offset", "Size", "Field", "Type"], rows: sorted.map((field) => [String(field.offset), String(field.size), element("code", null, field.name), element("code", null, field.managedType)]) }),
  ];
}
