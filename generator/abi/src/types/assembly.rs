//! One assembly and what is looked up in it again and again.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::attributes::AttributeIndex;
use super::type_system::Role;
use clr_metadata::columns::{exported_type, generic_param, method_def, nested_class, type_def, type_ref};
use clr_metadata::{Module, ReadError, TableId, Token};
use foldhash::{HashMap, HashMapExt};

/// An assembly of the run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Assembly<'a> {
    /// The file as the user named it.
    pub path: &'a str,
    /// Simple name.
    pub name: &'a str,
    /// Whether signatures are collected from it.
    pub role: Role,
    /// Its metadata.
    pub module: Module<'a>,
    type_names: OnceCell<TypeNames<'a>>,
    /// MethodDef rows by owner and name, of the owners that were asked for.
    methods: RefCell<HashMap<u32, Rc<MethodNames<'a>>>>,
    pub(super) attributes: OnceCell<AttributeIndex>,
}

/// MethodDef rows of a type by name.
type MethodNames<'a> = HashMap<&'a str, Vec<u32>>;

/// Top-level and nested types by name.
#[derive(Debug, Default)]
struct TypeNames<'a> {
    /// Namespace and name to TypeDef row; the first of equal names, as the runtime's hash finds it.
    top_level: HashMap<(&'a str, &'a str), u32>,
    /// Enclosing TypeDef row and name to TypeDef row.
    nested: HashMap<(u32, &'a str), u32>,
    /// Namespace and name to ExportedType row, top level only.
    exported: HashMap<(&'a str, &'a str), u32>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(path: &'a str, name: &'a str, role: Role, module: Module<'a>) -> Assembly<'a> {
        Assembly {
            path,
            name,
            role,
            module,
            type_names: OnceCell::new(),
            methods: RefCell::default(),
            attributes: OnceCell::new(),
        }
    }

    /// TypeDef row that owns a MethodDef; `None` for a method that no type lists.
    pub fn method_owner(&self, method: u32) -> Result<Option<u32>, ReadError> {
        self.module.owner(type_def::METHOD_LIST, method)
    }

    /// The methods of a type by name: MethodDef rows, in order. Read once for each type.
    pub fn methods(&self, owner: u32) -> Result<Rc<HashMap<&'a str, Vec<u32>>>, ReadError> {
        if let Some(known) = self.methods.borrow().get(&owner) {
            return Ok(Rc::clone(known));
        }
        let mut methods: HashMap<&str, Vec<u32>> = HashMap::new();
        for row in self.module.owned(type_def::METHOD_LIST, owner)? {
            methods.entry(self.module.string(method_def::NAME, row)?).or_default().push(row);
        }
        let methods = Rc::new(methods);
        self.methods.borrow_mut().insert(owner, Rc::clone(&methods));
        Ok(methods)
    }

    /// TypeDef row of a type that is not nested.
    ///
    /// # Errors
    /// A malformed table.
    pub fn find_type(&self, namespace: &str, name: &str) -> Result<Option<u32>, ReadError> {
        Ok(self.names()?.top_level.get(&(namespace, name)).copied())
    }

    pub(super) fn find_nested(&self, enclosing: u32, name: &str) -> Result<Option<u32>, ReadError> {
        Ok(self.names()?.nested.get(&(enclosing, name)).copied())
    }

    pub(super) fn find_exported(&self, namespace: &str, name: &str) -> Result<Option<u32>, ReadError> {
        Ok(self.names()?.exported.get(&(namespace, name)).copied())
    }

    fn names(&self) -> Result<&TypeNames<'a>, ReadError> {
        if let Some(names) = self.type_names.get() {
            return Ok(names);
        }
        let tables = &self.module.tables;
        let mut names = TypeNames::default();
        let mut enclosing = HashMap::new();
        for row in tables.all(TableId::NestedClass) {
            let nested = tables.cell(nested_class::NESTED_CLASS, row)?;
            enclosing.insert(nested, tables.cell(nested_class::ENCLOSING_CLASS, row)?);
        }
        for row in tables.all(TableId::TypeDef) {
            let (namespace, name) = self.module.type_name(row)?;
            match enclosing.get(&row) {
                Some(&outer) => names.nested.entry((outer, name)).or_insert(row),
                None => names.top_level.entry((namespace, name)).or_insert(row),
            };
        }
        for row in tables.all(TableId::ExportedType) {
            let implementation = self.module.coded(exported_type::IMPLEMENTATION, row)?;
            if implementation.table == TableId::AssemblyRef {
                let name = self.module.string(exported_type::NAME, row)?;
                let namespace = self.module.string(exported_type::NAMESPACE, row)?;
                names.exported.entry((namespace, name)).or_insert(row);
            }
        }
        Ok(self.type_names.get_or_init(|| names))
    }

    /// Number of generic parameters of a TypeDef or MethodDef.
    pub fn generic_param_count(&self, owner: Token) -> Result<u32, ReadError> {
        // TypeOrMethodDef: tag 0 is TypeDef, 1 MethodDef.
        let key = owner.row << 1 | u32::from(owner.table == TableId::MethodDef);
        self.module.count(generic_param::OWNER, key)
    }

    /// Namespace and name of a TypeDef or TypeRef; `None` for any other token.
    pub fn token_name(&self, token: Token) -> Result<Option<(&'a str, &'a str)>, ReadError> {
        match token.table {
            TableId::TypeDef => self.module.type_name(token.row).map(Some),
            TableId::TypeRef => {
                let name = self.module.string(type_ref::NAME, token.row)?;
                Ok(Some((self.module.string(type_ref::NAMESPACE, token.row)?, name)))
            }
            _ => Ok(None),
        }
    }
}
