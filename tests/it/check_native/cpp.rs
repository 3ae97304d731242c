//! The corpus as C++ with references, as clang compiles it with debug information.

use std::path::{Path, PathBuf};

use thunkgen_tests::native_corpus::{Compiler, compilers, functions, library, memory_library, moved};

use super::{Found, check, code, sub};

fn compile(compiler: &Compiler, folder: &Path, name: &str, c: &str) -> PathBuf {
    let text = c.replace("_Bool", "bool").replace("(Pair * p", "(Pair & p");
    let source = folder.join(format!("{name}.cpp"));
    std::fs::write(&source, format!("extern \"C\" {{\n{text}}}\n")).expect("a writable folder");
    compiler.compile_files(folder, &[source], "-O1 -g").remove(0)
}

#[test]
#[ignore = "needs clang"]
fn every_mistake_in_cpp_is_found_and_nothing_else() {
    let functions = functions();
    let (in_memory, mistakes) = memory_library(&functions);
    for compiler in compilers() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let what = compiler.name();
        compile(&compiler, folder, "corpus", &library(&functions, false));
        compile(&compiler, &sub(folder, "bad"), "corpus", &library(&functions, true));
        compile(&compiler, &sub(folder, "bad"), "other", &moved(&functions));
        compile(&compiler, &sub(folder, "memory"), "corpus", &in_memory);
        assert_eq!(check(folder, &["corpus.o"]), (Some(0), Found::new()), "{what}");
        let all: Found = functions.iter().map(|f| (f.name.clone(), code(f, true).to_owned())).collect();
        assert_eq!(check(folder, &["bad/corpus.o", "bad/other.o"]), (Some(1), all), "{what}");
        assert_eq!(check(folder, &["memory/corpus.o"]), (Some(1), mistakes.clone()), "{what}");
    }
}
