//! The stub file for C and C++: a header with prototypes, structs and assertions, for the native library to include.
//!
//! Written for C11 and C++17 with the attributes of GCC and clang. Names from metadata become unique identifiers
//! or parts of comments, and never conflict with macros of common headers.

mod abi;
mod c_functions;
mod c_layout;
mod comments;
mod head;
mod header_names;
mod identifiers;
mod label;
mod reserved;
mod spelling;
mod struct_definitions;
mod typedefs;
mod used_types;

use super::StubFile;
use super::documentation::Comment;
use header_names::Names;
use thunkgen_core::emit::cpp::Cpp;
use used_types::UsedTypes;

/// The data for every part of the header.
struct Header<'s> {
    stub_file: &'s StubFile<'s>,
    used_types: &'s UsedTypes,
    names: &'s Names,
}

impl<'s> Header<'s> {
    fn structs(&self) -> &'s [thunkgen_core::collect::ir::declarations::Struct] {
        &self.stub_file.declarations.structs
    }

    /// The documentation of a member.
    fn comment(&self, documentation_id: &str) -> Option<&'s Comment> {
        self.stub_file.documentation.comments.get(documentation_id)
    }
}

/// The text of the file, without the header line of generated files.
pub(super) fn render(stub_file: &StubFile<'_>) -> String {
    let used_types = used_types::used_types(stub_file.library, stub_file.declarations);
    let names = Names::new(stub_file, &used_types);
    let header = Header { stub_file, used_types: &used_types, names: &names };
    let mut out = Cpp::default();
    head::head(&mut out, &header);
    typedefs::typedefs(&mut out, &header);
    struct_definitions::structs(&mut out, &header);
    c_functions::prototypes(&mut out, &header);
    head::end(&mut out);
    c_functions::overloads(&mut out, &header);
    c_functions::required(&mut out, &header);
    out.finish()
}
