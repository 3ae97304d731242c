//! The marshal descriptors of fields and parameters.

use std::collections::{BTreeMap, BTreeSet};

use super::ty::Type;
use super::type_system::{AssemblyId, BadImage, TypeSystem};
use crate::layout::special::CORE_LIBRARY;
use clr_metadata::columns::{field_marshal, interface_impl, method_def, param};
use clr_metadata::{
    MarshalDescriptor, ReadError, TableId, Token, UnmanagedType, decode_custom_marshaler, decode_marshal,
};

/// The marshal descriptors of a method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodMarshal {
    /// By sequence number: 0 is the return, parameters count from 1.
    descriptors: BTreeMap<u32, MarshalDescriptor>,
    /// ParamAttributes, where `In` or `Out` is set.
    flags: BTreeMap<u32, u32>,
    /// Where a `CustomMarshaler` names a class that is not one.
    not_marshalers: BTreeSet<u32>,
}

/// Which way the value of a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFlow {
    /// From the caller to the method.
    In,
    /// Back to the caller.
    Out,
    /// Both.
    InOut,
}

/// ParamAttributes: In and Out.
const IN_OUT: u32 = 3;

impl MethodMarshal {
    /// That of the return.
    pub fn ret(&self) -> Option<MarshalDescriptor> {
        self.descriptors.get(&0).copied()
    }

    /// That of a parameter, counted from 0.
    pub fn param(&self, index: usize) -> Option<MarshalDescriptor> {
        self.descriptors.get(&u32::try_from(index).ok()?.checked_add(1)?).copied()
    }

    /// True if a `CustomMarshaler` of the method names a class that does not implement `ICustomMarshaler`: of the parameter,
    /// counted from 0, or of the return.
    pub fn has_wrong_marshaler(&self, param: Option<usize>) -> bool {
        let sequence = param.map_or(Some(0), |index| u32::try_from(index).ok()?.checked_add(1));
        sequence.is_some_and(|sequence| self.not_marshalers.contains(&sequence))
    }

    /// The direction of a parameter, counted from 0, of this type.
    pub fn flow(&self, index: usize, ty: &Type) -> DataFlow {
        let sequence = u32::try_from(index).ok().and_then(|index| index.checked_add(1));
        match sequence.and_then(|sequence| self.flags.get(&sequence)) {
            Some(1) => DataFlow::In,
            Some(2) => DataFlow::Out,
            Some(_) => DataFlow::InOut,
            None if matches!(ty, Type::ByRef(_)) => DataFlow::InOut,
            None => DataFlow::In,
        }
    }
}

impl TypeSystem<'_> {
    /// The marshal descriptors of a MethodDef.
    pub fn method_marshal(&self, assembly: AssemblyId, method: u32) -> Result<MethodMarshal, BadImage> {
        let module = &self[assembly].module;
        let read = || {
            let mut marshal = MethodMarshal::default();
            let mut customs = Vec::new();
            for row in module.owned(method_def::PARAM_LIST, method)? {
                // Of two rows with one number, the first counts.
                let sequence = module.tables.cell(param::SEQUENCE, row)?;
                if let Some(descriptor) = self.descriptor(assembly, Token::new(TableId::Param, row))? {
                    if descriptor.native == UnmanagedType::CustomMarshaler {
                        customs.extend(
                            self.descriptor_blob(assembly, Token::new(TableId::Param, row))?
                                .map(|blob| (sequence, blob)),
                        );
                    }
                    marshal.descriptors.entry(sequence).or_insert(descriptor);
                }
                let flags = module.tables.cell(param::FLAGS, row)? & IN_OUT;
                if flags != 0 {
                    marshal.flags.entry(sequence).or_insert(flags);
                }
            }
            Ok((marshal, customs))
        };
        let (mut marshal, customs) = read().map_err(Self::bad_image(assembly))?;
        for (sequence, blob) in customs {
            let name = decode_custom_marshaler(&module.heaps, blob).map_err(Self::bad_image(assembly))?;
            self.keep(assembly, Token::new(TableId::MethodDef, method), name)?;
            if !self.may_be_marshaler(assembly, name)? {
                marshal.not_marshalers.insert(sequence);
            }
        }
        Ok(marshal)
    }

    /// False if a class, named as in an attribute of `assembly`, does not exist or does not implement `ICustomMarshaler`.
    fn may_be_marshaler(&self, assembly: AssemblyId, name: &str) -> Result<bool, BadImage> {
        let (name, home) = name.split_once(',').map_or((name, None), |(name, home)| (name, home.split(',').next()));
        let home = match home {
            Some(home) => self.find_assembly(home.trim()),
            None => Some(assembly),
        };
        let Some(home) = home else { return Ok(true) };
        let found = match self.find_forwarded(home, name.trim())? {
            // Without an assembly it may be in the core library.
            None => match self.find_assembly(CORE_LIBRARY) {
                Some(core) => self.find_forwarded(core, name.trim())?,
                None => return Ok(true),
            },
            found => found,
        };
        let Some(found) = found else { return Ok(false) };
        let bases = self.bases(found)?;
        for base in &bases.known {
            let at = &self[base.assembly];
            let implements = || -> Result<bool, ReadError> {
                let Some(first) = at.module.find(interface_impl::CLASS, base.row)? else { return Ok(false) };
                for row in first..first + at.module.count(interface_impl::CLASS, base.row)? {
                    let interface = at.token_name(at.module.coded(interface_impl::INTERFACE, row)?)?;
                    if interface == Some(("System.Runtime.InteropServices", "ICustomMarshaler")) {
                        return Ok(true);
                    }
                }
                Ok(false)
            };
            if implements().map_err(Self::bad_image(base.assembly))? {
                return Ok(true);
            }
        }
        Ok(!bases.is_complete)
    }

    /// The marshal descriptor of a Field.
    pub fn field_marshal(&self, assembly: AssemblyId, field: u32) -> Result<Option<MarshalDescriptor>, BadImage> {
        self.descriptor(assembly, Token::new(TableId::Field, field)).map_err(Self::bad_image(assembly))
    }

    fn descriptor(&self, assembly: AssemblyId, parent: Token) -> Result<Option<MarshalDescriptor>, ReadError> {
        let module = &self[assembly].module;
        match self.descriptor_blob(assembly, parent)? {
            Some(blob) => decode_marshal(&module.heaps, blob),
            None => Ok(None),
        }
    }

    fn descriptor_blob(&self, assembly: AssemblyId, parent: Token) -> Result<Option<u32>, ReadError> {
        let module = &self[assembly].module;
        // HasFieldMarshal: tag 0 is Field, 1 Param.
        let wanted = parent.row << 1 | u32::from(parent.table == TableId::Param);
        let Some(row) = module.find(field_marshal::PARENT, wanted)? else { return Ok(None) };
        module.tables.cell(field_marshal::NATIVE_TYPE, row).map(Some)
    }
}
