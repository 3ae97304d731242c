//! P/Invokes: methods with a row of ImplMap (II.22.22).

use super::error::ReadError;
use super::module::Module;
use super::schema::TableId;
use super::schema::columns::{impl_map, method_def, module_ref, type_def};
use super::token::Token;

/// A P/Invoke, as metadata declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PInvoke<'a> {
    /// Its MethodDef.
    pub token: Token,
    /// Full name of its type as reflection writes it (`Namespace.Outer+Inner`); empty for a method that no type lists.
    pub declaring_type: String,
    /// Name of the method.
    pub method: &'a str,
    /// The library, as the source spells it.
    pub module: &'a str,
    /// The function in the library: `EntryPoint`, or the method's name.
    pub entry_point: &'a str,
    /// PInvokeAttributes (II.23.1.8).
    pub flags: u32,
}

/// The P/Invokes of a module in the order of its ImplMap table. A row for a field is left out: it is reserved.
pub(super) fn all<'a>(module: &Module<'a>) -> Result<Vec<PInvoke<'a>>, ReadError> {
    let mut found = Vec::new();
    for row in module.tables.all(TableId::ImplMap) {
        let token = module.coded(impl_map::MEMBER_FORWARDED, row)?;
        if token.table != TableId::MethodDef {
            continue;
        }
        let method = module.string(method_def::NAME, token.row)?;
        let import_name = module.string(impl_map::IMPORT_NAME, row)?;
        let owner = module.owner(type_def::METHOD_LIST, token.row)?;
        found.push(PInvoke {
            token,
            declaring_type: owner.map_or(Ok(String::new()), |owner| module.full_name(owner))?,
            method,
            module: module.string(module_ref::NAME, module.tables.cell(impl_map::IMPORT_SCOPE, row)?)?,
            entry_point: if import_name.is_empty() { method } else { import_name },
            flags: module.tables.cell(impl_map::MAPPING_FLAGS, row)?,
        });
    }
    Ok(found)
}
