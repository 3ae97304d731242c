//! Struct sizes that the user declares for types that no input defines.

use std::collections::BTreeMap;

use super::DeclaredSize;
use clr_wasm_abi::types::{Definition, Named};
use clr_wasm_abi::{LayoutEngine, LayoutError};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Structs of CoreLib that QCalls pass by value: known even when CoreLib is not among the inputs.
const BUILT_IN: [(&str, DeclaredSize); 4] = [
    ("System.Runtime.CompilerServices.QCallModule", DeclaredSize { size: 8, align: Some(8) }),
    ("System.Runtime.CompilerServices.QCallAssembly", DeclaredSize { size: 8, align: Some(8) }),
    ("System.Runtime.CompilerServices.QCallTypeHandle", DeclaredSize { size: 8, align: Some(8) }),
    ("System.GC+GCHeapHardLimitInfo", DeclaredSize { size: 64, align: Some(8) }),
];

/// The user's declarations and the built-in ones, the user's first.
pub(super) fn with_built_in(declared: &BTreeMap<String, DeclaredSize>) -> BTreeMap<String, DeclaredSize> {
    let mut all: BTreeMap<String, DeclaredSize> =
        BUILT_IN.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
    all.extend(declared.iter().map(|(name, size)| (name.clone(), *size)));
    all
}

/// Compares every declaration with the layout of the type it names, if an input defines the type.
pub(super) fn check(
    layouts: &LayoutEngine<'_, '_>,
    declared: &BTreeMap<String, DeclaredSize>,
    diagnostics: &mut Diagnostics,
) {
    for (name, declaration) in declared {
        for (assembly, opened) in layouts.type_system().assemblies() {
            let id = match layouts.type_system().find_by_full_name(assembly, name) {
                Ok(Some(id)) => id,
                Ok(None) => continue,
                Err(damaged) => {
                    layouts.type_system().report(&damaged, diagnostics);
                    continue;
                }
            };
            layouts.request_size(name);
            let named = Named { definition: Definition::Resolved(id), arguments: [].into() };
            let layout = match layouts.of(&named) {
                Ok(layout) => layout,
                Err(LayoutError::BadImage(damaged)) => {
                    layouts.type_system().report(&damaged, diagnostics);
                    continue;
                }
                Err(_) => continue,
            };
            if layout.size != declaration.size || declaration.align.is_some_and(|align| align != layout.align) {
                let message = format!(
                    "`{name}` is declared with size {}{} but has size {} and alignment {}; remove the declaration",
                    declaration.size,
                    declaration.align.map(|align| format!(" and alignment {align}")).unwrap_or_default(),
                    layout.size,
                    layout.align
                );
                let location = Location::member(opened.path, name, 0x0200_0000 | id.row);
                diagnostics.report(&catalogue::STRUCT_SIZE_CONFLICT, location, message);
            }
        }
    }
}
