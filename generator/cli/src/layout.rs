//! `layout`: the fields of value types as a table and a drawing, or as JSON.

use std::fmt::Write;

use serde::Serialize;

use thunkgen_core::collect::type_layouts::{PlacedField, PlacedType, TypeLayout};
use thunkgen_diagnostics::escape_lines;

/// Bytes in a row of the drawing.
const ROW: usize = 8;

/// The maximum number of rows in the drawing.
const MAX_ROWS: usize = 32;

/// The algorithm of a type whose one field is repeated.
const INLINE_ARRAY: &str = "inline array";

/// One letter per field; all fields after these have the last one.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#";

/// Types as text, one block each.
pub fn text(types: &[TypeLayout]) -> String {
    let mut out = String::new();
    for (index, ty) in types.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        block(&mut out, ty);
    }
    escape_lines(&out)
}

fn block(out: &mut String, ty: &TypeLayout) {
    let _ = writeln!(out, "{}  {} 0x{:08X}", ty.full_name, ty.assembly, ty.token);
    let placed = match &ty.layout {
        Ok(placed) => placed,
        Err(reason) => {
            let _ = writeln!(out, "  no layout: {reason}");
            return;
        }
    };
    let PlacedType { size, align, param_token, return_token, .. } = placed;
    let as_return = if return_token == param_token { String::new() } else { format!(", as return {return_token}") };
    let _ = writeln!(out, "  size {size}, alignment {align}, token {param_token}{as_return}; {}", placed.algorithm);
    let _ = writeln!(out, "  {}", placed.why);
    out.push('\n');
    table(out, placed);
    drawing(out, placed);
}

/// A line of the table: offset, size, letter, name and type of a field, or of the padding between fields.
type Line<'f> = (u32, u32, char, &'f str, &'f str);

fn table(out: &mut String, placed: &PlacedType) {
    let names = placed.fields.iter().map(|field| field.name.chars().count()).max().unwrap_or(0).max("padding".len());
    let _ = writeln!(out, "  offset  size     {:names$}  type", "field");
    for (offset, size, letter, name, ty) in lines(placed) {
        let text = format!("  {offset:6}  {size:4}  {letter}  {name:names$}  {ty}");
        let _ = writeln!(out, "{}", text.trim_end());
    }
}

/// Fields by offset, with the gaps between and after them.
fn lines(placed: &PlacedType) -> Vec<Line<'_>> {
    let padding = |offset, end| (offset, end - offset, '.', "padding", "");
    let mut fields: Vec<(usize, &PlacedField)> = placed.fields.iter().enumerate().collect();
    fields.sort_by_key(|(index, field)| (field.offset, *index));
    let mut lines = Vec::new();
    let mut end = 0;
    for (index, field) in fields {
        if field.offset > end {
            lines.push(padding(end, field.offset));
        }
        lines.push((field.offset, field.size, letter(index), &field.name, &field.type_name));
        end = end.max(field.offset + field.size);
    }
    if end < placed.size && placed.algorithm != INLINE_ARRAY {
        lines.push(padding(end, placed.size));
    }
    lines
}

fn letter(index: usize) -> char {
    char::from(LETTERS[index.min(LETTERS.len() - 1)])
}

/// The bytes in rows of eight: the letter of the field, `.` for padding, `*` where fields overlap.
fn drawing(out: &mut String, placed: &PlacedType) {
    let drawn = (placed.size as usize).min(ROW * MAX_ROWS);
    let mut bytes = vec!['.'; drawn];
    for (index, field) in placed.fields.iter().enumerate() {
        let end = if placed.algorithm == INLINE_ARRAY { placed.size } else { field.offset + field.size };
        for byte in bytes.iter_mut().take(end as usize).skip(field.offset as usize) {
            *byte = if *byte == '.' { letter(index) } else { '*' };
        }
    }
    out.push('\n');
    for (row, bytes) in bytes.chunks(ROW).enumerate() {
        let _ = writeln!(out, "  {:6}  {}", row * ROW, bytes.iter().collect::<String>());
    }
    if drawn < placed.size as usize {
        let _ = writeln!(out, "          and {} bytes more", placed.size as usize - drawn);
    }
}

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 2;

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LayoutDocument<'t> {
    /// Format number of this document.
    format: u32,
    /// The value types, by assembly and in the order of metadata.
    types: Vec<TypeDocument<'t>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct TypeDocument<'t> {
    /// Simple name of the assembly.
    assembly: &'t str,
    /// Full name in reflection syntax: `Namespace.Outer+Inner`.
    full_name: &'t str,
    /// Metadata token of the type: `0x02000001`.
    metadata_token: String,
    /// Why there is no layout.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'t str>,
    #[serde(flatten)]
    placed: Option<&'t PlacedType>,
}

/// Types as one JSON document.
pub fn json(types: &[TypeLayout]) -> String {
    let types = types.iter().map(|ty| TypeDocument {
        assembly: &ty.assembly,
        full_name: &ty.full_name,
        metadata_token: format!("0x{:08X}", ty.token),
        error: ty.layout.as_ref().err().map(String::as_str),
        placed: ty.layout.as_ref().ok(),
    });
    crate::json(&LayoutDocument { format: JSON_FORMAT, types: types.collect() })
}
