//! An opened module: container, heaps, tables, and the look-ups that need more than one of them.

use super::container::{Container, Image};
use super::cursor::Span;
use super::debug_directory::DebugDirectory;
use super::error::{Place, ReadError};
use super::heaps::Heaps;
use super::il::{MethodBody, MethodCode};
use super::lookups::Lookups;
use super::pinvoke::{self, PInvoke};
use super::root::Streams;
use super::schema::columns::{
    assembly, event_ptr, field_ptr, method_def, method_ptr, nested_class, param_ptr, property_ptr, type_def,
};
use super::schema::{Coded, Column, ColumnType, List, Row, TableId, Text};
use super::tables::Tables;
use super::token::Token;

/// Longest full name of a type, in bytes. The runtime loads no type whose name has more than 1,023, but the names of the
/// types around it count here.
const MAX_FULL_NAME: usize = 16_383;

/// Visibility value of TypeAttributes from which on a type is nested.
const FIRST_NESTED_VISIBILITY: u32 = 2;

/// A managed module.
#[derive(Clone, Debug)]
pub struct Module<'a> {
    image: Image<'a>,
    /// The heaps.
    pub heaps: Heaps<'a>,
    /// The tables.
    pub tables: Tables<'a>,
    /// False for a `#-` stream, whose tables need not be sorted.
    sorted: bool,
    lookups: Lookups,
}

impl<'a> Module<'a> {
    /// Reads the metadata root (II.24.2.1) and the headers of the streams.
    pub fn open(image: Image<'a>) -> Result<Module<'a>, ReadError> {
        let streams = Streams::find(image.metadata()?)?;
        let (stream, sorted) = streams.tables;
        let name = if sorted { "#~" } else { "#-" };
        let tables = Tables::open(stream.cursor(Place::Stream(name)), streams.all_wide)?;
        Ok(Module { image, heaps: streams.heaps, tables, sorted, lookups: Lookups::default() })
    }

    /// Kind of file the module was read from.
    pub fn container(&self) -> Container {
        self.image.container
    }

    /// The image that it was read from.
    pub fn image(&self) -> &Image<'a> {
        &self.image
    }

    /// What the image says about its PDB.
    pub fn debug_directory(&self) -> Result<DebugDirectory<'a>, ReadError> {
        DebugDirectory::read(&self.image)
    }

    /// True when the image contains ReadyToRun code next to the IL.
    pub fn is_ready_to_run(&self) -> bool {
        self.image.is_ready_to_run()
    }

    /// Simple name of the assembly; `None` for a module without an Assembly row (a netmodule).
    pub fn assembly_name(&self) -> Result<Option<&'a str>, ReadError> {
        if self.tables.rows(TableId::Assembly) == 0 {
            return Ok(None);
        }
        self.string(assembly::NAME, 1).map(Some)
    }

    /// The string a column points to.
    pub fn string(&self, column: Column<Text>, row: u32) -> Result<&'a str, ReadError> {
        self.heaps.string(self.tables.cell(column, row)?)
    }

    /// The first row whose `column` (the table's key) is `value`.
    pub fn find<T: ColumnType>(&self, column: Column<T>, value: u32) -> Result<Option<u32>, ReadError> {
        if self.sorted {
            return self.tables.find(column, value);
        }
        Ok(self.lookups.find(&self.tables, column, value).map(|(first, _)| first))
    }

    /// The number of rows whose `column` (the table's key) is `value`.
    pub fn count<T: ColumnType>(&self, column: Column<T>, value: u32) -> Result<u32, ReadError> {
        if !self.sorted {
            return Ok(self.lookups.find(&self.tables, column, value).map_or(0, |(_, count)| count));
        }
        let Some(first) = self.tables.find(column, value)? else { return Ok(0) };
        let mut count = 0;
        for row in first..=self.tables.rows(column.table) {
            if self.tables.cell(column, row)? != value {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    /// The rows that `row` owns through a list column, such as the methods of a type, in metadata order.
    ///
    /// An uncompressed stream may list them through a pointer table, which this resolves.
    pub fn owned(&self, column: Column<List>, row: u32) -> Result<Vec<u32>, ReadError> {
        let (pointer, listed) = self.listed(column)?;
        let list = self.tables.list(listed, row)?;
        match pointer {
            Some(pointer) => list.map(|at| self.tables.cell(pointer, at)).collect(),
            None => Ok(list.collect()),
        }
    }

    /// The row that owns each member through a list column: entry `row - 1` for row `row`, 0 for a row nobody owns.
    pub fn owners(&self, column: Column<List>) -> Result<Vec<u32>, ReadError> {
        let mut owners = vec![0; self.tables.rows(column.of.0) as usize];
        let (pointer, listed) = self.listed(column)?;
        let starts = self.tables.cells(listed);
        let ends = self.tables.cells(listed).skip(1).chain([self.tables.rows(listed.of.0) + 1]);
        for ((start, end), row) in starts.zip(ends).zip(1..) {
            for at in start..end {
                let member = pointer.map_or(Ok(at), |pointer| self.tables.cell(pointer, at))?;
                if let Some(owner) = owners.get_mut(member.wrapping_sub(1) as usize) {
                    *owner = row;
                }
            }
        }
        Ok(owners)
    }

    /// The column that has a list, whose order was checked, and the pointer table that it goes through.
    fn listed(&self, column: Column<List>) -> Result<(Option<Column<Row>>, Column<List>), ReadError> {
        let pointer = match column.of.0 {
            TableId::Field => Some(field_ptr::FIELD),
            TableId::MethodDef => Some(method_ptr::METHOD),
            TableId::Param => Some(param_ptr::PARAM),
            TableId::Event => Some(event_ptr::EVENT),
            TableId::Property => Some(property_ptr::PROPERTY),
            _ => None,
        };
        let pointer = pointer.filter(|pointer| self.tables.rows(pointer.table) != 0);
        let listed = pointer.map_or(column, |pointer| Column { of: List(pointer.table), ..column });
        self.lookups.check_lists(&self.tables, listed)?;
        Ok((pointer, listed))
    }

    /// The row that owns a member through a list column; `None` for a member that no row lists.
    pub fn owner(&self, column: Column<List>, member: u32) -> Result<Option<u32>, ReadError> {
        let owners = self.lookups.owners(column, || self.owners(column))?;
        Ok(owners.get(member.wrapping_sub(1) as usize).copied().filter(|owner| *owner != 0))
    }

    /// The P/Invokes, in the order of the ImplMap table.
    pub fn pinvokes(&self) -> Result<Vec<PInvoke<'a>>, ReadError> {
        pinvoke::all(self)
    }

    /// Namespace and name of a TypeDef.
    pub fn type_name(&self, row: u32) -> Result<(&'a str, &'a str), ReadError> {
        Ok((self.string(type_def::NAMESPACE, row)?, self.string(type_def::NAME, row)?))
    }

    /// TypeDef row of the type that encloses a nested one.
    pub fn enclosing_type(&self, row: u32) -> Result<Option<u32>, ReadError> {
        if !self.is_nested(row)? {
            return Ok(None);
        }
        let Some(nested) = self.find(nested_class::NESTED_CLASS, row)? else { return Ok(None) };
        self.tables.cell(nested_class::ENCLOSING_CLASS, nested).map(Some)
    }

    fn is_nested(&self, row: u32) -> Result<bool, ReadError> {
        Ok(self.tables.cell(type_def::FLAGS, row)? & 0x7 >= FIRST_NESTED_VISIBILITY)
    }

    /// The types around a type, innermost first, itself left out.
    pub fn enclosing_chain(&self, row: u32) -> Result<Vec<u32>, ReadError> {
        let mut chain = Vec::new();
        let mut at = row;
        while let Some(outer) = self.enclosing_type(at)? {
            // Compilers nest a handful deep; a longer chain is a cycle made by hand.
            if chain.len() > 64 {
                return Err(self.tables.error(TableId::TypeDef, row, "types nested at most 64 deep expected"));
            }
            chain.push(outer);
            at = outer;
        }
        Ok(chain)
    }

    /// Full name as reflection writes it: `Namespace.Outer+Inner`.
    pub fn full_name(&self, row: u32) -> Result<String, ReadError> {
        let mut full = String::new();
        for outer in self.enclosing_chain(row)?.into_iter().rev().chain([row]) {
            let (namespace, name) = self.type_name(outer)?;
            if !full.is_empty() {
                full.push('+');
            } else if !namespace.is_empty() {
                full.push_str(namespace);
                full.push('.');
            }
            full.push_str(name);
            if full.len() > MAX_FULL_NAME {
                return Err(self.tables.error(TableId::TypeDef, row, "full name of at most 16,383 bytes expected"));
            }
        }
        Ok(full)
    }

    /// The body of a method; `None` when the method has none.
    pub fn method_body(&self, row: u32) -> Result<Option<MethodBody<'a>>, ReadError> {
        let place = Place::Row(TableId::MethodDef, row);
        self.body_span(row)?.map(|span| MethodBody::read(span, place)).transpose()
    }

    /// The IL of every method that has a body, with its row in MethodDef.
    pub fn codes(&self) -> impl Iterator<Item = Result<(u32, MethodCode<'a>), ReadError>> {
        let flags = self.tables.cells(method_def::IMPL_FLAGS);
        let methods = self.tables.cells(method_def::RVA).zip(flags).zip(1..);
        methods.filter(|((rva, flags), _)| has_body(*rva, *flags)).map(|((rva, _), row)| {
            let place = Place::Row(TableId::MethodDef, row);
            Ok((row, MethodCode::read(self.image.at_rva(rva, place)?, place)?.0))
        })
    }

    /// From a method's header to the end of its section.
    fn body_span(&self, row: u32) -> Result<Option<Span<'a>>, ReadError> {
        let rva = self.tables.cell(method_def::RVA, row)?;
        let impl_flags = self.tables.cell(method_def::IMPL_FLAGS, row)?;
        if !has_body(rva, impl_flags) {
            return Ok(None);
        }
        self.image.at_rva(rva, Place::Row(TableId::MethodDef, row)).map(Some)
    }

    /// The token in a coded-index column.
    pub fn coded(&self, column: Column<Coded>, row: u32) -> Result<Token, ReadError> {
        self.tables.coded(column, row)
    }
}

/// Whether a method has a body that this reader knows: IL is 0 in CodeTypeMask.
fn has_body(rva: u32, impl_flags: u32) -> bool {
    rva != 0 && impl_flags & 0x3 == 0
}
