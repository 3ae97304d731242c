//! The marshal descriptors of fields and parameters.

use std::collections::BTreeMap;

use super::type_system::{AssemblyId, BadImage, TypeSystem};
use clr_metadata::columns::{field_marshal, method_def, param};
use clr_metadata::{MarshalDescriptor, ReadError, TableId, Token, decode_marshal};

/// The marshal descriptors of a method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodMarshal {
    /// By sequence number: 0 is the return, parameters count from 1.
    descriptors: BTreeMap<u32, MarshalDescriptor>,
}

impl MethodMarshal {
    /// That of the return.
    pub fn ret(&self) -> Option<MarshalDescriptor> {
        self.descriptors.get(&0).copied()
    }

    /// That of a parameter, counted from 0.
    pub fn param(&self, index: usize) -> Option<MarshalDescriptor> {
        self.descriptors.get(&u32::try_from(index).ok()?.checked_add(1)?).copied()
    }
}

impl TypeSystem<'_> {
    /// The marshal descriptors of a MethodDef.
    pub fn method_marshal(&self, assembly: AssemblyId, method: u32) -> Result<MethodMarshal, BadImage> {
        let module = &self[assembly].module;
        let read = || {
            let mut marshal = MethodMarshal::default();
            if module.tables.rows(TableId::FieldMarshal) == 0 {
                return Ok(marshal);
            }
            for row in module.owned(method_def::PARAM_LIST, method)? {
                if let Some(descriptor) = self.descriptor(assembly, Token::new(TableId::Param, row))? {
                    // Of two rows with one number, the first counts.
                    let sequence = module.tables.cell(param::SEQUENCE, row)?;
                    marshal.descriptors.entry(sequence).or_insert(descriptor);
                }
            }
            Ok(marshal)
        };
        read().map_err(Self::bad_image(assembly))
    }

    /// The marshal descriptor of a Field.
    pub fn field_marshal(&self, assembly: AssemblyId, field: u32) -> Result<Option<MarshalDescriptor>, BadImage> {
        self.descriptor(assembly, Token::new(TableId::Field, field)).map_err(Self::bad_image(assembly))
    }

    fn descriptor(&self, assembly: AssemblyId, parent: Token) -> Result<Option<MarshalDescriptor>, ReadError> {
        let module = &self[assembly].module;
        // HasFieldMarshal: tag 0 is Field, 1 Param.
        let wanted = parent.row << 1 | u32::from(parent.table == TableId::Param);
        let Some(row) = module.find(field_marshal::PARENT, wanted)? else { return Ok(None) };
        decode_marshal(&module.heaps, module.tables.cell(field_marshal::NATIVE_TYPE, row)?)
    }
}
