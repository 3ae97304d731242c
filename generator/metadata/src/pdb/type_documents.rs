//! The file a type is written in: for methods without code, which a PDB does not describe.

use std::collections::BTreeMap;

use super::Pdb;
use crate::error::ReadError;
use crate::schema::TableId;
use crate::schema::columns::custom_debug_information as information;

/// Kind of the blob that lists the documents of a type in which none of its methods with code is: the GUID
/// 932E74BC-DBA9-4478-8D46-0F32A7BAB3D3.
const TYPE_DEFINITION_DOCUMENTS: [u8; 16] =
    [0xBC, 0x74, 0x2E, 0x93, 0xA9, 0xDB, 0x78, 0x44, 0x8D, 0x46, 0x0F, 0x32, 0xA7, 0xBA, 0xB3, 0xD3];

/// The documents of types, by TypeDef row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeDocuments(BTreeMap<u32, Documents>);

/// The documents of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Documents {
    /// All of it is in one.
    One(u32),
    /// A partial type, or one with lines of another file.
    Several,
}

impl TypeDocuments {
    /// Reads them. `methods` are the MethodDef rows of the types, with the TypeDef row of each.
    pub fn read(pdb: &Pdb<'_>, methods: impl Iterator<Item = (u32, u32)>) -> Result<TypeDocuments, ReadError> {
        let mut all = TypeDocuments::default();
        for (method, owner) in methods {
            if let Some(point) = pdb.point(method, 0)? {
                all.add(owner, point.document);
            }
        }
        for row in pdb.tables.all(TableId::CustomDebugInformation) {
            let parent = pdb.tables.coded(information::PARENT, row)?;
            let kind = pdb.heaps.guid(pdb.tables.cell(information::KIND, row)?)?;
            if parent.table != TableId::TypeDef || kind != Some(&TYPE_DEFINITION_DOCUMENTS) {
                continue;
            }
            let mut blob = pdb.heaps.blob_cursor(pdb.tables.cell(information::VALUE, row)?)?;
            while !blob.is_at_end() {
                all.add(parent.row, blob.compressed()?);
            }
        }
        Ok(all)
    }

    fn add(&mut self, owner: u32, document: u32) {
        let documents = self.0.entry(owner).or_insert(Documents::One(document));
        if *documents != Documents::One(document) {
            *documents = Documents::Several;
        }
    }

    /// The Document row of a type, if everything that is known of it is in one.
    pub fn only(&self, owner: u32) -> Option<u32> {
        match self.0.get(&owner)? {
            Documents::One(document) => Some(*document),
            Documents::Several => None,
        }
    }
}
