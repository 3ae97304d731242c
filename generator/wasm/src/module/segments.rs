//! Element and data segments, and the table slots they fill.

use std::ops::Range;

use wasmparser::{ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, Operator};

/// Where a segment is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Passive: code places it.
    Passive,
    /// Declarative: the functions may be referenced, but are not placed.
    Declared,
    /// At a constant address (`i32.const` or `i64.const`).
    Constant(i64),
    /// At the address in this global.
    Global(u32),
    /// At an address that is computed by several instructions.
    Computed,
}

/// Functions for a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementSegment {
    /// Position in the table.
    pub placement: Placement,
    /// Index of the table.
    pub table: u32,
    /// Function indices; `None` for a null reference or another value.
    pub functions: Vec<Option<u32>>,
    /// Byte range of the segment in the file.
    pub range: Range<usize>,
}

/// Bytes for memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSegment<'a> {
    /// Position in memory.
    pub placement: Placement,
    /// The bytes.
    pub bytes: &'a [u8],
    /// Byte range of the bytes in the file.
    pub range: Range<usize>,
}

/// Index of the segment that fills a wrapper's table slots: the first one that is placed in the first table.
///
/// A wrapper has exactly one; the position of a second one would be unknown.
pub(super) fn table_segment(elements: &[ElementSegment]) -> Option<usize> {
    elements.iter().position(|segment| segment.placement != Placement::Declared && segment.table == 0)
}

/// A range of `wasmparser`: its offsets are those of a file in memory.
pub(super) fn file_range(range: Range<u64>) -> Range<usize> {
    let end = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
    end(range.start)..end(range.end)
}

pub(super) fn element(element: Element<'_>) -> Result<ElementSegment, wasmparser::Error> {
    let (placement, table) = match element.kind {
        ElementKind::Passive => (Placement::Passive, 0),
        ElementKind::Declared => (Placement::Declared, 0),
        ElementKind::Active { table_index, offset_expr } => (placement(&offset_expr)?, table_index.unwrap_or(0)),
    };
    let functions = match element.items {
        ElementItems::Functions(items) => items.into_iter().map(|item| item.map(Some)).collect::<Result<_, _>>()?,
        ElementItems::Expressions(_, items) => {
            items.into_iter().map(|item| function_of(&item?)).collect::<Result<_, _>>()?
        }
    };
    Ok(ElementSegment { placement, table, functions, range: file_range(element.range) })
}

pub(super) fn data<'a>(data: Data<'a>) -> Result<DataSegment<'a>, wasmparser::Error> {
    let placement = match data.kind {
        DataKind::Passive => Placement::Passive,
        DataKind::Active { offset_expr, .. } => placement(&offset_expr)?,
    };
    let end = file_range(data.range).end;
    Ok(DataSegment { placement, bytes: data.data, range: end.saturating_sub(data.data.len())..end })
}

/// The only instruction of a constant expression, not counting `end`.
fn single<'a>(expr: &ConstExpr<'a>) -> Result<Option<Operator<'a>>, wasmparser::Error> {
    let mut operators = expr.get_operators_reader();
    let first = operators.read()?;
    let is_single = !operators.eof() && matches!(operators.read()?, Operator::End);
    Ok(is_single.then_some(first))
}

fn placement(expr: &ConstExpr<'_>) -> Result<Placement, wasmparser::Error> {
    Ok(match single(expr)? {
        Some(Operator::I32Const { value }) => Placement::Constant(value.into()),
        Some(Operator::I64Const { value }) => Placement::Constant(value),
        Some(Operator::GlobalGet { global_index }) => Placement::Global(global_index),
        _ => Placement::Computed,
    })
}

/// The value of a global that starts as a constant.
pub(super) fn constant(expr: &ConstExpr<'_>) -> Result<Option<i32>, wasmparser::Error> {
    Ok(match single(expr)? {
        Some(Operator::I32Const { value }) => Some(value),
        _ => None,
    })
}

fn function_of(expr: &ConstExpr<'_>) -> Result<Option<u32>, wasmparser::Error> {
    Ok(match single(expr)? {
        Some(Operator::RefFunc { function_index }) => Some(function_index),
        _ => None,
    })
}
