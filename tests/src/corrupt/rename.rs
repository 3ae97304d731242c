//! Names that try to leave a literal, a comment, a line or the terminal's colours, put into an assembly in place of its
//! own.

use std::collections::BTreeMap;
use std::ops::Range;

use clr_metadata::TableId;

use super::locate::locate;

/// Text that means something where names end up. It replaces part of a name, so it has at most nine bytes.
pub const SNIPPETS: [&str; 36] = [
    "\"",
    "\\",
    "\\\\",
    "\\\"",
    "'",
    "*/",
    "/*",
    "//",
    "??/",
    "??/\"",
    "\n",
    "\r",
    "\r\n",
    "\\\n",
    "\n#error",
    "\n@\n",
    "*/@",
    "\"@",
    ");}@",
    "#if 0",
    "\u{1b}[31m",
    "\u{1b}]0;",
    "\u{7}",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{9b}",
    "\u{202e}",
    "\u{2028}",
    "\u{2066}",
    "\u{feff}",
    "\u{e9}",
    "\u{1F600}",
    "%s%n",
    "R\"(",
    "\\u0022",
];

/// Columns whose names end up in generated code.
const RENAMED: [(TableId, usize); 6] = [
    (TableId::Assembly, 7),
    (TableId::TypeDef, 1),
    (TableId::TypeDef, 2),
    (TableId::MethodDef, 3),
    (TableId::ImplMap, 2),
    (TableId::ModuleRef, 0),
];

/// Columns whose names must stay, or nothing resolves.
const KEPT: [(TableId, usize); 4] =
    [(TableId::TypeRef, 1), (TableId::TypeRef, 2), (TableId::MemberRef, 1), (TableId::AssemblyRef, 6)];

/// Names with a meaning of their own.
const SPECIAL: [&str; 3] = ["<Module>", "Invoke", "value__"];

/// A copy of an assembly in which every name that may be is changed, and the number of those; `round` decides which
/// snippet goes where.
pub fn rename(good: &[u8], round: usize) -> (Vec<u8>, usize) {
    let module = clr_metadata::open(good).expect("a whole file").expect("a managed file");
    let heap = locate(good).and_then(|regions| regions.strings).expect("the heap of names");
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut names: BTreeMap<usize, usize> = BTreeMap::new();
    for (columns, keep) in [(&KEPT[..], true), (&RENAMED[..], false)] {
        for &(table, column) in columns {
            for row in module.tables.all(table) {
                let index = module
                    .tables
                    .cell(table.column::<clr_metadata::Text>(column).expect("a column of names"), row)
                    .expect("a cell");
                let name = module.heaps.string(index).expect("a name");
                let start = heap.start + index as usize;
                let is_special = SPECIAL.contains(&name) || name.starts_with('.') || !name.is_ascii();
                if keep || is_special {
                    taken.push(start..start + name.len() + 1);
                } else if !name.is_empty() {
                    names.insert(start, name.len());
                }
            }
        }
    }
    let mut bad = good.to_vec();
    let mut renamed = 0;
    for (number, (start, length)) in names.into_iter().enumerate() {
        let snippet = SNIPPETS[(number + round * 7) % SNIPPETS.len()];
        // Names may share their ends; each byte is changed once.
        let is_taken = taken.iter().any(|range| range.start < start + length && start < range.end);
        if is_taken || snippet.len() > length {
            continue;
        }
        taken.push(start..start + length);
        let at = match (number + round) % 3 {
            0 => start,
            1 => start + (length - snippet.len()) / 2,
            _ => start + length - snippet.len(),
        };
        bad[at..at + snippet.len()].copy_from_slice(snippet.as_bytes());
        renamed += 1;
    }
    (bad, renamed)
}
