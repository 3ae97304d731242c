//! Portable PDBs: where the code of a method was written (Portable PDB specification 1.0).
//!
//! Read are the first line of a method, and the file that a type is written in. A damaged PDB is an error like any other:
//! the caller decides what to do about it.

mod document;
mod sequence_points;
mod type_documents;

use super::cursor::Span;
use super::error::{Place, ReadError};
use super::heaps::Heaps;
use super::root::{SIGNATURE, Streams};
use super::schema::columns::{document as document_columns, method_debug_information};
use super::schema::{ASSEMBLY_TABLES, TABLE_NUMBERS, TableId};
use super::tables::{RowCounts, Tables, row_count};
use sequence_points::SequencePoint;

pub use type_documents::TypeDocuments;

/// Identity of a PDB: the assembly it was made with names the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdbId([u8; 20]);

impl PdbId {
    /// From the parts that a CodeView entry has. `guid` is 16 bytes.
    pub(super) fn new(guid: &[u8], stamp: u32) -> PdbId {
        let mut id = [0; 20];
        for (to, from) in id.iter_mut().zip(guid.iter().chain(&stamp.to_le_bytes())) {
            *to = *from;
        }
        PdbId(id)
    }
}

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourcePosition {
    /// The file, as the compiler got it.
    pub document: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in UTF-16 code units.
    pub column: u32,
    /// The checksum of the file, if it is of a known kind.
    pub checksum: Option<DocumentChecksum>,
}

/// The checksum of a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentChecksum {
    /// SHA-1.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

/// Kinds of checksums (Portable PDB v1.0, "Document Table"): FF1816EC-AA5E-4D10-87F7-6F4963833460.
const SHA_1: [u8; 16] =
    [0xEC, 0x16, 0x18, 0xFF, 0x5E, 0xAA, 0x10, 0x4D, 0x87, 0xF7, 0x6F, 0x49, 0x63, 0x83, 0x34, 0x60];

/// 8829D00F-11B8-4213-878B-770E8597AC16.
const SHA_256: [u8; 16] =
    [0x0F, 0xD0, 0x29, 0x88, 0xB8, 0x11, 0x13, 0x42, 0x87, 0x8B, 0x77, 0x0E, 0x85, 0x97, 0xAC, 0x16];

/// An opened portable PDB.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pdb<'a> {
    /// Its identity.
    pub id: PdbId,
    heaps: Heaps<'a>,
    tables: Tables<'a>,
}

impl<'a> Pdb<'a> {
    /// Opens a PDB; `None` when the bytes are not a portable one (the older format starts differently).
    pub fn open(bytes: &'a [u8]) -> Result<Option<Pdb<'a>>, ReadError> {
        if !bytes.starts_with(&SIGNATURE) {
            return Ok(None);
        }
        let streams = Streams::find(Span { data: bytes, base: 0 })?;
        let place = Place::Stream("#Pdb");
        let stream = streams.pdb.ok_or(ReadError::new(place, 0, "stream inside of the file expected"))?;
        let mut cursor = stream.cursor(place);
        let id = PdbId::new(cursor.bytes(16)?, cursor.u32()?);
        cursor.skip(4)?;
        let referenced = cursor.u64()?;
        let mut counts: RowCounts = [0; TABLE_NUMBERS];
        for (number, count) in counts.iter_mut().take(ASSEMBLY_TABLES).enumerate() {
            if referenced >> number & 1 == 1 {
                *count = row_count(&mut cursor)?;
            }
        }
        let tables = Tables::open_pdb(streams.tables.0.cursor(Place::Stream("#~")), &counts)?;
        Ok(Some(Pdb { id, heaps: streams.heaps, tables }))
    }

    /// Where the code of a MethodDef row starts; `None` when it has no code, or none that was written by a person.
    pub fn method_start(&self, row: u32) -> Result<Option<SourcePosition>, ReadError> {
        self.position_of(row, 0)
    }

    /// Where the instruction at an offset of the IL of a MethodDef row comes from: the last visible sequence point up to
    /// it, or the first one of the method.
    pub fn position_of(&self, row: u32, offset: u32) -> Result<Option<SourcePosition>, ReadError> {
        let Some(first) = self.point(row, offset)? else { return Ok(None) };
        let document = self.document(first.document)?;
        let checksum = self.checksum(first.document)?;
        Ok(Some(SourcePosition { document, line: first.line, column: first.column, checksum }))
    }

    /// The name of a Document row.
    pub fn document(&self, row: u32) -> Result<String, ReadError> {
        let name = self.tables.cell(document_columns::NAME, row)?;
        document::name(&self.heaps, self.heaps.blob_cursor(name)?)
    }

    /// The names of all Document rows, as far as they can be read.
    pub fn documents(&self) -> Vec<String> {
        self.tables.all(TableId::Document).filter_map(|row| self.document(row).ok()).collect()
    }

    /// The checksum of a Document row, if it is of a known kind.
    fn checksum(&self, row: u32) -> Result<Option<DocumentChecksum>, ReadError> {
        let kind = self.heaps.guid(self.tables.cell(document_columns::HASH_ALGORITHM, row)?)?;
        let hash = self.heaps.blob(self.tables.cell(document_columns::HASH, row)?)?;
        Ok(match kind {
            Some(&SHA_1) => hash.try_into().ok().map(DocumentChecksum::Sha1),
            Some(&SHA_256) => hash.try_into().ok().map(DocumentChecksum::Sha256),
            _ => None,
        })
    }

    fn point(&self, row: u32, offset: u32) -> Result<Option<SequencePoint>, ReadError> {
        if row > self.tables.rows(TableId::MethodDebugInformation) {
            return Ok(None);
        }
        let document = self.tables.cell(method_debug_information::DOCUMENT, row)?;
        let blob = self.tables.cell(method_debug_information::SEQUENCE_POINTS, row)?;
        if blob == 0 {
            return Ok(None);
        }
        sequence_points::visible_at(self.heaps.blob_cursor(blob)?, document, offset)
    }
}

#[cfg(test)]
mod tests;
