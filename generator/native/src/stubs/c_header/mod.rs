//! The stub file for C and C++: a header with prototypes, structs and assertions, for the native library to include.
//!
//! Written for C11 and C++17 with the attributes of GCC and clang. Whatever name comes from metadata is an identifier of
//! its own or part of a comment, and no macro of common headers.

mod abi;
mod comments;
mod functions;
mod head;
mod identifiers;
mod label;
mod layout;
mod mentioned;
mod names;
mod reserved;
mod spelling;
mod structs;
mod typedefs;

use super::StubFile;
use super::documentation::Comment;
use mentioned::Mentions;
use names::Names;
use thunkgen_core::emit::cpp::Cpp;

/// What every part of the header is made from.
struct Header<'s> {
    stub_file: &'s StubFile<'s>,
    mentions: &'s Mentions,
    names: &'s Names,
}

impl<'s> Header<'s> {
    fn structs(&self) -> &'s [thunkgen_core::collect::ir::declarations::Struct] {
        &self.stub_file.declarations.structs
    }

    /// What is documented of a member.
    fn comment(&self, documentation_id: &str) -> Option<&'s Comment> {
        self.stub_file.documentation.comments.get(documentation_id)
    }
}

/// The text of the file, without the header line of generated files.
pub(super) fn render(stub_file: &StubFile<'_>) -> String {
    let mentions = mentioned::mentions(stub_file.library, stub_file.declarations);
    let names = Names::new(stub_file, &mentions);
    let header = Header { stub_file, mentions: &mentions, names: &names };
    let mut out = Cpp::default();
    head::head(&mut out, &header);
    typedefs::typedefs(&mut out, &header);
    structs::structs(&mut out, &header);
    functions::prototypes(&mut out, &header);
    head::end(&mut out);
    functions::overloads(&mut out, &header);
    functions::required(&mut out, &header);
    out.finish()
}
