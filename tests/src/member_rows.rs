//! The members of an assembly that can need a thunk, read from the tables alone and told apart by the letter of the
//! specification: flags, attribute names, base types. No filter, no look into another assembly.

use std::collections::BTreeMap;

use clr_metadata::columns::{custom_attribute, member_ref, method_def, type_def, type_ref};
use clr_metadata::{Module, ReadError, TableId, Token};

/// MethodAttributes.PInvokeImpl
const PINVOKE_IMPL: u32 = 0x2000;

/// MethodImplAttributes.InternalCall
const INTERNAL_CALL: u32 = 0x1000;

/// What makes a member need a thunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// PInvokeImpl flag.
    PInvoke,
    /// InternalCall flag.
    InternalCall,
    /// `UnmanagedCallersOnlyAttribute` of System.Runtime.InteropServices.
    Callback,
    /// A type derived from MulticastDelegate with `UnmanagedFunctionPointerAttribute`.
    Delegate,
}

/// A member of an assembly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberRow {
    /// What it is.
    pub kind: Kind,
    /// Simple name of the assembly.
    pub assembly: String,
    /// Name of the owning type without namespace; of a delegate its own.
    pub type_name: String,
    /// Name of the method or delegate.
    pub name: String,
    /// Metadata token of the method or delegate.
    pub token: u32,
}

impl MemberRow {
    /// True if the runtime refuses the call: so says the name of the type.
    pub fn is_refused(&self) -> bool {
        self.kind != Kind::Callback && self.type_name.starts_with("Refused")
    }

    /// The signature string at the end of the name; `None` where the name has none or the call is refused.
    pub fn announced(&self) -> Option<&str> {
        if self.is_refused() {
            return None;
        }
        self.name.rsplit_once("__").map(|(_, signature)| signature)
    }
}

/// Every such member, in the order of kinds and tokens.
pub fn read(bytes: &[u8]) -> Vec<MemberRow> {
    let module = clr_metadata::open(bytes).and_then(|module| {
        let module = module.expect("a managed file");
        let rows = rows(&module)?;
        Ok(rows)
    });
    module.unwrap_or_else(|error| panic!("{error}"))
}

fn rows(module: &Module<'_>) -> Result<Vec<MemberRow>, ReadError> {
    let assembly = module.assembly_name()?.expect("an assembly");
    let owners = module.owners(type_def::METHOD_LIST)?;
    let attributes = attributes(module, &owners)?;
    let has = |token: Token, name: &str| {
        attributes.get(&token.to_u32()).is_some_and(|names| names.iter().any(|found| found == name))
    };
    let mut found = Vec::new();
    for row in module.tables.all(TableId::MethodDef) {
        let token = Token::new(TableId::MethodDef, row);
        let owner = owners[row as usize - 1];
        let mut push = |kind| -> Result<(), ReadError> {
            found.push(MemberRow {
                kind,
                assembly: assembly.to_owned(),
                type_name: module.string(type_def::NAME, owner)?.to_owned(),
                name: module.string(method_def::NAME, row)?.to_owned(),
                token: token.to_u32(),
            });
            Ok(())
        };
        if module.tables.cell(method_def::FLAGS, row)? & PINVOKE_IMPL != 0 {
            push(Kind::PInvoke)?;
        }
        if module.tables.cell(method_def::IMPL_FLAGS, row)? & INTERNAL_CALL != 0 {
            push(Kind::InternalCall)?;
        }
        if has(token, "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute") {
            push(Kind::Callback)?;
        }
    }
    for row in module.tables.all(TableId::TypeDef) {
        let token = Token::new(TableId::TypeDef, row);
        let base = module.coded(type_def::EXTENDS, row)?;
        let is_delegate = !base.is_nil() && type_name(module, base)? == "System.MulticastDelegate";
        if is_delegate && has(token, "System.Runtime.InteropServices.UnmanagedFunctionPointerAttribute") {
            let name = module.string(type_def::NAME, row)?.to_owned();
            let (type_name, token) = (name.clone(), token.to_u32());
            found.push(MemberRow { kind: Kind::Delegate, assembly: assembly.to_owned(), type_name, name, token });
        }
    }
    found.sort_by_key(|row| (row.kind, row.token));
    Ok(found)
}

/// Full names of the attributes on every row, by token.
fn attributes(module: &Module<'_>, owners: &[u32]) -> Result<BTreeMap<u32, Vec<String>>, ReadError> {
    let mut found: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for row in module.tables.all(TableId::CustomAttribute) {
        let parent = module.coded(custom_attribute::PARENT, row)?;
        let constructor = module.coded(custom_attribute::TYPE, row)?;
        let owner = match constructor.table {
            TableId::MemberRef => module.coded(member_ref::CLASS, constructor.row)?,
            _ => Token::new(TableId::TypeDef, owners[constructor.row as usize - 1]),
        };
        found.entry(parent.to_u32()).or_default().push(type_name(module, owner)?);
    }
    Ok(found)
}

/// Namespace and name of a TypeDef or TypeRef that is not nested.
fn type_name(module: &Module<'_>, token: Token) -> Result<String, ReadError> {
    let (name, namespace) = match token.table {
        TableId::TypeDef => (type_def::NAME, type_def::NAMESPACE),
        TableId::TypeRef => (type_ref::NAME, type_ref::NAMESPACE),
        _ => return Ok(String::new()),
    };
    let name = module.string(name, token.row)?;
    Ok(format!("{}.{name}", module.string(namespace, token.row)?))
}
