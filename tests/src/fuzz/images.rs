//! Managed images, their ReadyToRun code, the modules around them, and PDBs.

use clr_metadata::pdb::{Pdb, TypeDocuments};
use clr_wasm_file::WasmModule;
use thunkgen_r2r::lookup::LinkedTables;
use thunkgen_r2r::ready_to_run;
use thunkgen_registry::{Image as Loaded, Registry};

use crate::corrupt::walk;
use crate::ready_to_run::image::{Image, Imports};
use crate::ready_to_run::walk as walk_code;

/// PE, Webcil and wrapped images: every table, signature, attribute, body and layout, and the collection.
pub fn metadata(bytes: &[u8]) -> bool {
    let walked = walk::walk(bytes, &[]);
    walked.refused == 0 && walked.skipped == 0
}

/// ReadyToRun header, sections, imports, fixups and thunks.
pub fn ready_to_run(bytes: &[u8]) -> bool {
    let walked = walk_code::walk(bytes);
    walked.refused == 0 && walked.plain == 0
}

/// The fixup of string thunks: the bytes behind its kind, as an image holds them. What is read is what the registry
/// adds.
pub fn thunk_blob(bytes: &[u8]) -> bool {
    let signature = [&[ready_to_run::INJECT_STRING_THUNKS], bytes].concat();
    let imports = vec![Imports { flags: 1, kind: 0, signatures: vec![signature.clone()] }];
    let pe = Image { imports, ..Image::default() }.pe("Blob", false);
    let file = ready_to_run::open(&pe).expect("an image around any fixup");
    let code = file.ready_to_run.as_ref().expect("its code");
    let found = code.string_thunks();
    let registry = Registry::new();
    let injected = registry.inject(&Loaded { bytes: &signature, code_base: 1 }, 0);
    // A fixup without end takes from what follows it in the image, which the registry was not given.
    if injected.is_err() {
        return false;
    }
    let Ok(found) = found else {
        assert!(has_binary_key(bytes), "the registry accepts what the reader refuses");
        return false;
    };
    let [table] = &found[..] else { panic!("{} tables of one fixup", found.len()) };
    let disorder = table.blob.disorder();
    let mut first = 0;
    for (index, thunk) in table.blob.thunks.iter().enumerate() {
        if disorder.duplicates.contains(&index) {
            continue;
        }
        first += 1;
        let known = registry.lookup(thunk.key).map(|found| found.thunk);
        assert_eq!(known, Some(thunk.value + 1), "{}", thunk.key);
    }
    assert_eq!(injected.map(|injected| injected.added), Ok(first));
    true
}

/// Whether a key of a fixup with an end is no UTF-8, which only the registry accepts.
fn has_binary_key(mut pairs: &[u8]) -> bool {
    while let Some(length) = pairs.iter().position(|byte| *byte == 0).filter(|length| *length > 0) {
        if std::str::from_utf8(&pairs[..length]).is_err() {
            return true;
        }
        pairs = pairs.get(length + 5..).unwrap_or_default();
    }
    false
}

/// A wasm module: functions, names, elements, segments and what a wrapper announces.
pub fn wasm_module(bytes: &[u8]) -> bool {
    let Ok(Some(module)) = WasmModule::open(bytes) else { return false };
    let tables = LinkedTables::of(&module);
    assert!(tables.thunk_rows().all(|row| module.function(row.function).is_some()));
    for index in 0..module.function_count() as u32 {
        assert!(module.function(index).is_some());
    }
    let past = module.function_count() as u32;
    assert!(module.function(past).is_none() && module.imported_function_count() <= past);
    let names = module.names();
    assert!(names.windows(2).all(|pair| pair[0].0 <= pair[1].0), "names out of order");
    for slot in 0..module.table_functions().len() as u32 {
        module.slot(slot);
    }
    let (_, _, _) = (module.payload(), module.bases(), module.wrapper_version());
    module.announced().is_ok()
}

/// A portable PDB: where every method of the first thousand starts.
pub fn pdb(bytes: &[u8]) -> bool {
    let Ok(Some(pdb)) = Pdb::open(bytes) else { return false };
    let found = (0..1_000).filter(|row| matches!(pdb.method_start(*row), Ok(Some(_)))).count();
    let types = TypeDocuments::read(&pdb, (0..1_000).map(|row| (row, row / 4)));
    let named =
        types.is_ok_and(|types| (0..1_000).filter_map(|row| types.only(row)).any(|row| pdb.document(row).is_ok()));
    found > 0 || named
}

/// The debug directory of an image and the PDB inside of it.
pub fn debug_directory(bytes: &[u8]) -> bool {
    let Ok(Some(module)) = clr_metadata::open(bytes) else { return false };
    let Ok(directory) = module.debug_directory() else { return false };
    match directory.embedded() {
        Ok(Some(embedded)) => pdb(&embedded),
        _ => false,
    }
}
