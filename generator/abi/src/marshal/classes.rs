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
        /// The runtime can make one: it is not abstract, and has a public constructor without parameters.
        is_creatable: bool,
        /// It has a constructor without parameters.
        has_constructor: bool,
        /// A `SafeHandle`.
        is_safe: bool,
    },
    /// A delegate.
    Delegate,
    /// One of the two classes delegates derive from.
    AnyDelegate,
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

const SAFE_HANDLE: Class = Class::Handle { is_creatable: false, has_constructor: false, is_safe: true };
const CRITICAL_HANDLE: Class = Class::Handle { is_creatable: false, has_constructor: false, is_safe: false };

/// Names the runtime knows by heart, for a core library that is not among the inputs.
const BY_NAME: [(&str, Class); 6] = [
    ("System.Text.StringBuilder", Class::StringBuilder),
    ("System.Delegate", Class::AnyDelegate),
    ("System.MulticastDelegate", Class::AnyDelegate),
    ("System.Runtime.InteropServices.SafeHandle", SAFE_HANDLE),
    ("System.Runtime.InteropServices.CriticalHandle", CRITICAL_HANDLE),
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
                let is_abstract = type_system.is_abstract(id).map_err(damaged)?;
                let constructor = type_system.default_constructor(id).map_err(damaged)?;
                return Ok(Class::Handle {
                    is_creatable: !is_abstract && constructor == Some(true),
                    has_constructor: constructor.is_some(),
                    is_safe: base.name == "SafeHandle",
                });
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
