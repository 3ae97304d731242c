//! `layout`: where the fields of a value type are, drawn, or as JSON for any number of types.

use std::fmt::Write;

use serde::Serialize;

use thunkgen_core::collect::type_layouts::{PlacedField, PlacedType, TypeLayout};
use thunkgen_diagnostics::escape_lines;

/// Bytes in a row of the drawing.
const ROW: usize = 8;

/// Most rows that are drawn.
const MAX_ROWS: usize = 32;

/// One letter per field; the fields of a longer type share the last.
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

/// A line of the table: a field, or the bytes between fields.
enum Line<'f> {
    Field(usize, &'f PlacedField),
    Padding { offset: u32, size: u32 },
}

fn table(out: &mut String, placed: &PlacedType) {
    let lines = lines(placed);
    let names = placed.fields.iter().map(|field| field.name.chars().count()).max().unwrap_or(0).max("padding".len());
    let _ = writeln!(out, "  offset  size     {:names$}  type", "field");
    for line in &lines {
        let (offset, size, letter, name, ty) = match line {
            Line::Field(index, field) => {
                (field.offset, field.size, letter(*index), field.name.as_str(), field.type_name.as_str())
            }
            Line::Padding { offset, size } => (*offset, *size, '.', "padding", ""),
        };
        let text = format!("  {offset:6}  {size:4}  {letter}  {name:names$}  {ty}");
        let _ = writeln!(out, "{}", text.trim_end());
    }
}

/// Fields by offset, with the gaps between and behind them.
fn lines(placed: &PlacedType) -> Vec<Line<'_>> {
    let mut fields: Vec<(usize, &PlacedField)> = placed.fields.iter().enumerate().collect();
    fields.sort_by_key(|(index, field)| (field.offset, *index));
    let mut lines = Vec::new();
    let mut end = 0;
    let is_inline_array = placed.algorithm == "inline array";
    for (index, field) in fields {
        if field.offset > end {
            lines.push(Line::Padding { offset: end, size: field.offset - end });
        }
        lines.push(Line::Field(index, field));
        end = end.max(field.offset + field.size);
    }
    if end < placed.size && !is_inline_array {
        lines.push(Line::Padding { offset: end, size: placed.size - end });
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
        let end = if placed.algorithm == "inline array" { placed.size } else { field.offset + field.size };
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

/// Format number of the JSON; raised when a field changes its meaning or goes away.
const JSON_FORMAT: u32 = 1;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayoutDocument<'t> {
    format: u32,
    types: Vec<TypeDocument<'t>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TypeDocument<'t> {
    assembly: &'t str,
    full_name: &'t str,
    metadata_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'t str>,
    #[serde(flatten)]
    placed: Option<TypeLayoutDocument<'t>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TypeLayoutDocument<'t> {
    layout: &'t str,
    size: u32,
    alignment: u32,
    token: &'t str,
    return_token: &'t str,
    fields: Vec<FieldDocument<'t>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldDocument<'t> {
    name: &'t str,
    #[serde(rename = "type")]
    type_name: &'t str,
    offset: u32,
    size: u32,
}

/// Types as one JSON document.
pub fn json(types: &[TypeLayout]) -> String {
    let types = types.iter().map(|ty| TypeDocument {
        assembly: &ty.assembly,
        full_name: &ty.full_name,
        metadata_token: format!("0x{:08X}", ty.token),
        error: ty.layout.as_ref().err().map(String::as_str),
        placed: ty.layout.as_ref().ok().map(|placed| TypeLayoutDocument {
            layout: placed.algorithm,
            size: placed.size,
            alignment: placed.align,
            token: &placed.param_token,
            return_token: &placed.return_token,
            fields: placed
                .fields
                .iter()
                .map(|field| FieldDocument {
                    name: &field.name,
                    type_name: &field.type_name,
                    offset: field.offset,
                    size: field.size,
                })
                .collect(),
        }),
    });
    let document = LayoutDocument { format: JSON_FORMAT, types: types.collect() };
    let mut text = serde_json::to_string_pretty(&document).expect("plain data becomes JSON");
    text.push('\n');
    text
}
