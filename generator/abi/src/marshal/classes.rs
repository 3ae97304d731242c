//! Which of the few classes that have a native form a class is.

use super::Marshaller;
use crate::LowerError;
use crate::types::{Definition, LayoutKind, Named, TypeDefId, TypeKind};

/// A class as marshalling sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `System.Text.StringBuilder`
    StringBuilder,
    /// A `SafeHandle` or `CriticalHandle`.
    Handle {
        /// The runtime cannot make one of it.
        is_abstract: bool,
    },
    /// A delegate, or one of the two classes delegates derive from.
    Delegate,
    /// A class with sequential or explicit layout.
    WithLayout(TypeDefId),
    /// An instance of a generic class.
    Generic,
    /// `object`
    Object,
    /// An interface.
    Interface,
    /// Any other class.
    Other,
    /// A class that cannot be resolved, or whose base types cannot be.
    Unknown,
}

/// Names the runtime knows by heart, for a core library that is not among the inputs.
const BY_NAME: [(&str, Class); 6] = [
    ("System.Text.StringBuilder", Class::StringBuilder),
    ("System.Delegate", Class::Delegate),
    ("System.MulticastDelegate", Class::Delegate),
    ("System.Runtime.InteropServices.SafeHandle", Class::Handle { is_abstract: true }),
    ("System.Runtime.InteropServices.CriticalHandle", Class::Handle { is_abstract: true }),
    ("System.Object", Class::Object),
];

impl Marshaller<'_, '_, '_> {
    /// Which kind of class a class is.
    pub fn class(&self, named: &Named) -> Result<Class, LowerError> {
        let by_name = |name: &str| BY_NAME.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
        let id = match &named.definition {
            Definition::Unresolved(unresolved) => return Ok(by_name(&unresolved.full_name).unwrap_or(Class::Unknown)),
            Definition::Resolved(id) => *id,
        };
        let type_system = self.layouts.type_system();
        let info = type_system.type_info(id).map_err(damaged)?;
        if self.layouts.is_core_library(&info)
            && let Some(class) = by_name(&info.full_name)
        {
            return Ok(class);
        }
        if info.generic_params > 0 {
            return Ok(Class::Generic);
        }
        if info.kind == TypeKind::Delegate {
            return Ok(Class::Delegate);
        }
        if type_system.is_interface(id).map_err(damaged)? {
            return Ok(Class::Interface);
        }
        let bases = type_system.bases(id).map_err(damaged)?;
        for base in &bases.known {
            let base = type_system.type_info(*base).map_err(damaged)?;
            let is_known = self.layouts.is_core_library(&base) && base.namespace == "System.Runtime.InteropServices";
            if is_known && matches!(base.name, "SafeHandle" | "CriticalHandle") {
                return Ok(Class::Handle { is_abstract: type_system.is_abstract(id).map_err(damaged)? });
            }
        }
        Ok(match info.layout {
            LayoutKind::Sequential | LayoutKind::Explicit => Class::WithLayout(id),
            // The base that is missing may be a SafeHandle.
            _ if !bases.is_complete => Class::Unknown,
            _ => Class::Other,
        })
    }
}

fn damaged(damaged: crate::types::BadImage) -> LowerError {
    LowerError::Layout(damaged.into())
}
