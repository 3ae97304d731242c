//! The library of the corpus, in the types of its header.

use std::fmt::Write;

use crate::native_corpus::{Function, KINDS, Mutation, definition};

/// What each kind is as a native author writes it with the header; function pointers with a typedef of their own.
pub const TYPES: [&str; KINDS.len()] = [
    "int8_t",
    "uint8_t",
    "int16_t",
    "uint16_t",
    "int32_t",
    "uint32_t",
    "int64_t",
    "uint64_t",
    "intptr_t",
    "uintptr_t",
    "float",
    "double",
    "bool",
    "uint16_t",
    "uint8_t *",
    "void *",
    "corpus_Pair *",
    "Callback",
    "corpus_Small",
    "corpus_Plain",
    "corpus_Big",
    "corpus_OneInt",
    "corpus_OneLong",
    "corpus_OneFloat",
    "corpus_OneDouble",
    "corpus_Nested",
    "corpus_Pair",
    "corpus_Mixed",
    "corpus_Bytes3",
    "corpus_Union",
    "corpus_Buffer",
    "int32_t *",
    "corpus_Pair *",
];

const HEAD: &str = "#include \"corpus.h\"\ntypedef void (*Callback)(int32_t);\n";

/// A source file that defines functions after including the header, one a line; `mutated` says which with their mistake.
/// In another library is what is left out.
///
/// In C++, `linkage` is before each, and the header is included again at the end.
pub fn library(functions: &[Function], linkage: &str, mutated: impl Fn(&Function) -> bool) -> String {
    let mut text = HEAD.to_owned();
    for function in functions {
        match (function.mutation, mutated(function)) {
            (Mutation::Library, true) => {}
            (mutation, is_mutated) => {
                let definition = definition(function, is_mutated.then_some(mutation), &TYPES);
                write!(text, "{linkage}{definition}").expect("a string");
            }
        }
    }
    text + "#ifdef __cplusplus\n#include \"corpus.h\"\n#endif\n"
}
