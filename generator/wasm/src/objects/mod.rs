//! Compiled native code: relocatable objects, archives of them, and linked modules.

mod archive;
mod calls;
mod error;
mod module;
mod symbol_map;

use std::rc::Rc;

use crate::FuncType;

use calls::ObjectCode;

pub use archive::is_archive;
pub use calls::ParamCall;
pub use error::ObjectError;
pub use symbol_map::{SymbolNames, SymbolsError};

/// A file with native code, or a member of an archive.
#[derive(Clone, Debug)]
pub struct Object<'a> {
    /// The file as the user named it, with the member of an archive: `libfoo.a(foo.o)`.
    pub place: String,
    /// Names of the libraries it belongs to: the file's name without its extension, and that of the directory that was
    /// named.
    pub libraries: Vec<String>,
    /// Which kind of module it is.
    pub kind: ObjectKind,
    /// Defined functions, in the order of the symbol table.
    pub functions: Vec<ObjectFunction<'a>>,
    /// Undefined functions that it uses.
    pub uses: Vec<Use<'a>>,
    /// All of its bytes.
    pub bytes: &'a [u8],
    /// Its function bodies.
    code: ObjectCode<'a>,
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
            place: String::new(),
            libraries: Vec::new(),
            kind,
            functions: Vec::new(),
            uses: Vec::new(),
            bytes,
            code: ObjectCode::default(),
        }
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
    let place = |object| Object { place: path.to_owned(), libraries: libraries.to_vec(), ..object };
    Ok(object.map(place).into_iter().collect())
}

/// Reads a module or bitcode; the caller sets place and libraries.
fn one<'a>(bytes: &'a [u8], names: Option<&SymbolNames<'a>>) -> Result<Option<Object<'a>>, ObjectError> {
    if bytes.starts_with(BITCODE) || bytes.starts_with(WRAPPED_BITCODE) {
        return Ok(Some(Object::without_functions(ObjectKind::Bitcode, bytes)));
    }
    module::read(bytes, names)
}

/// The first bytes of LLVM bitcode (LLVM, "Bitcode File Format": magic number, wrapper magic).
const BITCODE: &[u8] = b"BC\xC0\xDE";
const WRAPPED_BITCODE: &[u8] = b"\xDE\xC0\x17\x0B";
