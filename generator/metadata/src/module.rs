//! An opened module: container, heaps, tables, and the look-ups that need more than one of them.

use super::columns::Columns;
use super::container::{Container, Image};
use super::debug_directory::DebugDirectory;
use super::error::{Place, ReadError};
use super::heaps::Heaps;
use super::il::MethodBody;
use super::root::Streams;
use super::schema::TableId;
use super::tables::Tables;
use super::token::{CodedIndex, Token};

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
    columns: Columns,
}

impl<'a> Module<'a> {
    /// Reads the metadata root (II.24.2.1) and the headers of the streams.
    pub fn open(image: Image<'a>) -> Result<Module<'a>, ReadError> {
        let streams = Streams::find(image.metadata()?)?;
        let (stream, sorted) = streams.tables;
        let name = if sorted { "#~" } else { "#-" };
        let tables = Tables::open(stream.cursor(Place::Stream(name)), streams.all_wide)?;
        Ok(Module { image, heaps: streams.heaps, tables, sorted, columns: Columns::default() })
    }

    /// Kind of file the module was read from.
    pub fn container(&self) -> Container {
        self.image.container
    }

    /// What the image says about its PDB.
    pub fn debug_directory(&self) -> Result<DebugDirectory<'a>, ReadError> {
        DebugDirectory::read(&self.image)
    }

    /// True when the image holds ReadyToRun code beside the IL.
    pub fn is_ready_to_run(&self) -> bool {
        self.image.is_ready_to_run()
    }

    /// Simple name of the assembly; `None` for a module without an Assembly row (a netmodule).
    pub fn assembly_name(&self) -> Result<Option<&'a str>, ReadError> {
        if self.tables.rows(TableId::Assembly) == 0 {
            return Ok(None);
        }
        self.string(TableId::Assembly, 1, 7).map(Some)
    }

    /// The string a column points to.
    pub fn string(&self, table: TableId, row: u32, column: usize) -> Result<&'a str, ReadError> {
        self.heaps.string(self.tables.cell(table, row, column)?)
    }

    /// The first row whose `column` (the table's key) is `value`.
    pub fn find(&self, table: TableId, column: usize, value: u32) -> Result<Option<u32>, ReadError> {
        if self.sorted {
            return self.tables.find(table, column, value);
        }
        Ok(self.columns.find(&self.tables, table, column, value)?.map(|(first, _)| first))
    }

    /// The number of rows whose `column` (the table's key) is `value`.
    pub fn count(&self, table: TableId, column: usize, value: u32) -> Result<u32, ReadError> {
        if !self.sorted {
            return Ok(self.columns.find(&self.tables, table, column, value)?.map_or(0, |(_, count)| count));
        }
        let Some(first) = self.tables.find(table, column, value)? else { return Ok(0) };
        let mut count = 0;
        for row in first..=self.tables.rows(table) {
            if self.tables.cell(table, row, column)? != value {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    /// The members that a type or method owns: MethodDef, Field, Param, Property or Event rows, in metadata order.
    ///
    /// An uncompressed stream may list them through a pointer table, which this resolves.
    pub fn owned(&self, owner: Token, column: usize, members: TableId) -> Result<Vec<u32>, ReadError> {
        let pointers = match members {
            TableId::Field => TableId::FieldPtr,
            TableId::MethodDef => TableId::MethodPtr,
            TableId::Param => TableId::ParamPtr,
            TableId::Event => TableId::EventPtr,
            _ => TableId::PropertyPtr,
        };
        let has_pointers = self.tables.rows(pointers) != 0;
        let listed = if has_pointers { pointers } else { members };
        self.columns.check_lists(&self.tables, owner.table, column, listed)?;
        let list = self.tables.list(owner.table, owner.row, column, listed)?;
        if !has_pointers {
            return Ok(list.collect());
        }
        list.map(|pointer| self.tables.cell(pointers, pointer, 0)).collect()
    }

    /// The TypeDef that owns each MethodDef or Field: entry `row - 1` for row `row`, 0 for a row nobody owns.
    pub fn owners(&self, members: TableId) -> Result<Vec<u32>, ReadError> {
        let column = if members == TableId::Field { 4 } else { 5 };
        let mut owners = vec![0; self.tables.rows(members) as usize];
        for row in self.tables.all(TableId::TypeDef) {
            for member in self.owned(Token::new(TableId::TypeDef, row), column, members)? {
                if let Some(owner) = owners.get_mut(member.wrapping_sub(1) as usize) {
                    *owner = row;
                }
            }
        }
        Ok(owners)
    }

    /// The body of a method; `None` when the method has none.
    pub fn method_body(&self, row: u32) -> Result<Option<MethodBody<'a>>, ReadError> {
        let rva = self.tables.cell(TableId::MethodDef, row, 0)?;
        let impl_flags = self.tables.cell(TableId::MethodDef, row, 1)?;
        // CodeTypeMask: only IL (0) has a body this reader knows.
        if rva == 0 || impl_flags & 0x3 != 0 {
            return Ok(None);
        }
        let place = Place::Row(TableId::MethodDef, row);
        MethodBody::read(self.image.at_rva(rva, place)?, place).map(Some)
    }

    /// The token in a coded-index column.
    pub fn coded(&self, table: TableId, row: u32, column: usize, kind: CodedIndex) -> Result<Token, ReadError> {
        self.tables.coded(table, row, column, kind)
    }
}
