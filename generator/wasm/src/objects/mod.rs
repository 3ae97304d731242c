//! Compiled native code: relocatable objects, archives of them, and linked modules.

mod archive;
mod calls;
mod error;
mod module;
mod symbol_map;
mod toolchain;

use std::rc::Rc;

use crate::FuncType;
use crate::debug::{self, DebugFunction, DebugInfo};

use calls::ObjectCode;

pub use archive::is_archive;
pub use calls::ParamCall;
pub use error::ObjectError;
pub use symbol_map::{SymbolNames, SymbolsError};
pub use toolchain::{Exceptions, Toolchain};

/// A file with native code, or a member of an archive.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// The file as the user named it.
    pub file: String,
    /// The file, with the member of an archive: `libfoo.a(foo.o)`.
    pub place: String,
    /// Names of the libraries it counts as: the file's name without its extension, that of the directory that was named,
    /// and of a linked module those of its P/Invoke tables.
    pub libraries: Vec<String>,
    /// It is a member of an archive: the linker takes it only for what is missing without it.
    pub in_archive: bool,
    /// Which kind of module it is.
    pub kind: ObjectKind,
    /// Defined functions, in the order of the symbol table.
    pub functions: Vec<ObjectFunction<'a>>,
    /// Undefined functions that it uses.
    pub uses: Vec<Use<'a>>,
    /// How it was compiled.
    pub toolchain: Toolchain,
    /// All of its bytes.
    pub bytes: &'a [u8],
    /// Its function bodies.
    code: ObjectCode<'a>,
    /// Its debug information, by section.
    debug: Vec<(&'a str, &'a [u8])>,
}

/// Which kind of module an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// Input of a linker.
    Relocatable,
    /// LLVM bitcode, which the linker compiles. Its functions are not read.
    Bitcode,
    /// Output of a linker, which contains every library. Without `names`, only exports and imports are known.
    Linked {
        /// Whether there is a name section or a symbol file.
        names: bool,
    },
}

/// A function of an object.
#[derive(Clone, Debug)]
pub struct ObjectFunction<'a> {
    /// Its symbol.
    pub symbol: &'a str,
    /// Its type.
    pub ty: Rc<FuncType>,
    /// Visibility of the symbol.
    pub binding: Binding,
    /// Index of the body in the code section.
    body: usize,
}

/// Binding of a symbol (tool-conventions, "Linking", `WASM_SYM_BINDING`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Visible to every object; only one is allowed per name.
    Strong,
    /// Visible to every object; a strong one replaces it.
    Weak,
    /// Visible only in this object (`static` in C).
    Local,
}

/// An undefined function that an object calls or takes the address of.
#[derive(Clone, Debug)]
pub struct Use<'a> {
    /// Its symbol.
    pub symbol: &'a str,
    /// Module and name of the import, if the source specifies them.
    pub import: Option<(&'a str, &'a str)>,
    /// The type of the call.
    pub ty: Rc<FuncType>,
}

impl<'a> Object<'a> {
    fn without_functions(kind: ObjectKind, bytes: &'a [u8]) -> Object<'a> {
        Object {
            file: String::new(),
            place: String::new(),
            libraries: Vec::new(),
            in_archive: false,
            kind,
            functions: Vec::new(),
            uses: Vec::new(),
            toolchain: Toolchain::default(),
            bytes,
            code: ObjectCode::default(),
            debug: Vec::new(),
        }
    }
}

impl Object<'_> {
    /// It was compiled with debug information (`-g`).
    pub fn has_debug_info(&self) -> bool {
        self.debug.iter().any(|(name, _)| *name == debug::DEBUG_INFO)
    }

    /// What debug information says of the functions and uses with these symbols; `None` where the object has neither.
    pub fn debug_info(
        &self,
        is_wanted: &dyn Fn(&str) -> bool,
        is_use_wanted: &dyn Fn(&str) -> bool,
    ) -> Option<DebugInfo> {
        let functions = self.functions.iter().filter(|function| is_wanted(function.symbol));
        let uses = self.uses.iter().filter(|one| is_use_wanted(one.symbol));
        let wanted = debug::Wanted {
            body_at: &|address| self.code.body_at(address),
            functions: functions.map(|function| (function.body, &*function.ty)).collect(),
            declared: uses.map(|one| (one.symbol, &*one.ty)).collect(),
        };
        let is_any = !wanted.functions.is_empty() || !wanted.declared.is_empty();
        (is_any && self.has_debug_info()).then(|| debug::read(&self.debug, &wanted))
    }
}

impl DebugInfo {
    /// What it says of a function of the object that it was read from.
    pub fn function(&self, function: &ObjectFunction<'_>) -> Option<&DebugFunction> {
        self.functions.get(&function.body)
    }

    /// What it says of a function that the object uses.
    pub fn declared(&self, symbol: &str) -> Option<&DebugFunction> {
        self.declared.get(symbol)
    }
}

/// Reads a file: an archive or a module. `names` are those of a symbol file next to a linked module.
///
/// A wrapped assembly gives no object. Fails at a part that contradicts the format, and for files that are not wasm.
pub fn read<'a>(
    path: &str,
    libraries: &[String],
    bytes: &'a [u8],
    names: Option<&SymbolNames<'a>>,
) -> Result<Vec<Object<'a>>, ObjectError> {
    if is_archive(bytes) {
        return archive::read(path, libraries, bytes);
    }
    let object = one(bytes, names)?;
    let place = |object: Object<'a>| {
        let libraries = libraries.iter().cloned().chain(object.libraries).collect();
        Object { file: path.to_owned(), place: path.to_owned(), libraries, ..object }
    };
    Ok(object.map(place).into_iter().collect())
}

/// Reads a module or bitcode; the caller sets place and libraries.
fn one<'a>(bytes: &'a [u8], names: Option<&SymbolNames<'a>>) -> Result<Option<Object<'a>>, ObjectError> {
    if bytes.starts_with(BITCODE) || bytes.starts_with(WRAPPED_BITCODE) {
        let toolchain = Toolchain::of_bitcode(bytes);
        return Ok(Some(Object { toolchain, ..Object::without_functions(ObjectKind::Bitcode, bytes) }));
    }
    module::read(bytes, names)
}

/// The first bytes of LLVM bitcode (LLVM, "Bitcode File Format": magic number, wrapper magic).
const BITCODE: &[u8] = b"BC\xC0\xDE";
const WRAPPED_BITCODE: &[u8] = b"\xDE\xC0\x17\x0B";
