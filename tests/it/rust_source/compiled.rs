//! Every type and size as rustc has it, for the target that emscripten links.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use clr_wasm_file::objects::{self, Binding};
use thunkgen_rust_source::{Crate, OpenError, StructKind};
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::rust_types;
use thunkgen_tests::rust_wasm::RustWasm;

use super::read_one;

/// Types of the functions that an object has, and of those that it calls, as text.
fn in_object(bytes: &[u8]) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let objects = objects::read("x.o", &[], bytes, None).expect("an object");
    let functions = objects.iter().flat_map(|object| &object.functions);
    let strong = functions.filter(|function| function.binding == Binding::Strong);
    let strong = strong.map(|function| (function.symbol.to_owned(), format!("{:?}", function.ty)));
    let uses = objects.iter().flat_map(|object| &object.uses).map(|one| {
        let name = match one.import {
            Some((module, name)) if module != "env" => format!("{module}.{name}"),
            _ => one.symbol.to_owned(),
        };
        (name, format!("{:?}", one.ty))
    });
    (strong.filter(|(symbol, _)| !symbol.starts_with("_R")).collect(), uses.collect())
}

fn ours(of: &Crate) -> BTreeMap<String, String> {
    let shape = |function: &thunkgen_rust_source::Exported| match &function.shape {
        Ok(shape) => format!("{:?}", shape.ty),
        Err(unknown) => format!("unknown at {}: {unknown}", unknown.place),
    };
    of.functions.iter().map(|function| (function.symbol.clone(), shape(function))).collect()
}

fn read_folder(path: &Path) -> Crate {
    let open = |path: &Path| std::fs::read(path).map_err(|_| OpenError::Missing);
    thunkgen_rust_source::read(path, &open).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn every_form_is_what_the_compiler_makes_of_it() {
    let folder = crate_dir().join("data/rust/every");
    let read = read_folder(&folder);
    assert_eq!((read.name.as_str(), read.unexpanded.as_slice()), ("every_form", [].as_slice()));
    let dir = tempfile::tempdir().expect("a folder");
    let object = RustWasm::find().compile_file(dir.path(), "every", &folder.join("src/lib.rs"));
    let (functions, uses) = in_object(&object.unwrap_or_else(|error| panic!("{error}")));
    assert!(functions.len() >= 50, "{}", functions.len());
    assert_eq!(ours(&read), functions);
    let imports = read.imports.iter().map(|import| {
        let module = import.module.as_ref().map(|module| format!("{module}.")).unwrap_or_default();
        let shape = import.shape.as_ref().unwrap_or_else(|error| panic!("{error}"));
        (format!("{module}{}", import.symbol), format!("{:?}", shape.ty))
    });
    assert_eq!(imports.collect::<BTreeMap<_, _>>(), uses);
}

/// Assertions that the compiler checks: sizes, alignments and offsets of all named types.
fn assertions(read: &Crate) -> (String, usize) {
    let (mut text, mut count) = (String::new(), 0);
    for one in read.structs.iter().filter(|one| one.name.starts_with('T') && !one.name.contains('<')) {
        let layout = one.layout.as_ref().unwrap_or_else(|error| panic!("{}: {error} at {}", one.name, error.place));
        let (name, size, align) = (&one.name, layout.size, layout.align);
        let _ = write!(text, "const _: () = {{ assert!(size_of::<{name}>() == {size}); ");
        let _ = write!(text, "assert!(align_of::<{name}>() == {align}); ");
        if layout.kind != StructKind::TaggedUnion {
            for field in &layout.fields {
                let _ = write!(text, "assert!(core::mem::offset_of!({name}, {}) == {}); ", field.name, field.offset);
            }
        }
        text.push_str("};\n");
        count += 1;
    }
    (text, count)
}

#[test]
fn random_types_are_what_the_compiler_makes_of_them() {
    let dir = tempfile::tempdir().expect("a folder");
    let (mut types, mut sizes) = (BTreeSet::new(), 0);
    for seed in 0..3 {
        let source = rust_types::source(seed, 300);
        let read = read_one(&source);
        let (assertions, count) = assertions(&read);
        sizes += count;
        let name = format!("random{seed}");
        let object = RustWasm::find().compile(dir.path(), &name, &format!("{source}{assertions}"));
        let object = object.unwrap_or_else(|error| panic!("seed {seed}: {}", error.get(..4000).unwrap_or(&error)));
        let (functions, _) = in_object(&object);
        assert_eq!(functions.len(), 600);
        let ours = ours(&read);
        // An array by itself has no form in C.
        let is_array = |name: &str| ours.get(name).is_some_and(|text| text.ends_with("is passed as only rustc does"));
        assert!(functions.keys().filter(|name| is_array(name)).count() < 40);
        let wrong: Vec<_> =
            functions.iter().filter(|(name, ty)| ours.get(*name) != Some(ty) && !is_array(name)).collect();
        for (name, theirs) in &wrong {
            eprintln!("{name}: ours {:?}, theirs {theirs}", ours.get(*name));
        }
        assert_eq!(wrong, [] as [(&String, &String); 0], "seed {seed}");
        types.extend(functions.into_values());
    }
    assert!(sizes > 500 && types.len() > 100, "{sizes} sizes, {} types", types.len());
}
