//! Names that are similar to those of missing functions.

use clr_wasm_file::objects::{self, ObjectKind};
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::{CompareOptions, compare};
use wasm_encoder::{CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, TypeSection};

use super::declarations;

/// A module that exports functions with these names.
fn module(names: &[String]) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut exports, mut code) = (FunctionSection::new(), ExportSection::new(), CodeSection::new());
    for (index, name) in (0..).zip(names) {
        functions.function(0);
        exports.export(name, ExportKind::Func, index);
        let mut body = Function::new([]);
        body.instructions().end();
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code);
    module.finish()
}

/// A missing function is compared with a few names, however many there are: a library with another prefix for all of its
/// functions has as many missing ones as names.
#[test]
fn each_missing_function_is_compared_with_a_few_names() {
    let name = |number: usize| format!("Library_{}Thing{}", number * 7919 % 20_011, number * 104_729 % 20_011);
    let names: Vec<String> = (0..20_000).map(name).collect();
    let bytes = module(&names);
    let mut objects = objects::read("app.wasm", &["corpus".to_owned()], &bytes, None).expect("a module");
    objects[0].kind = ObjectKind::Linked { names: true };
    for (missing, is_misspelled) in [(300, true), (3000, true), (3000, false)] {
        let mut declarations = declarations();
        let one = declarations.functions[0].clone();
        declarations.functions = (0..missing)
            .map(|number| {
                let known = &names[number * 6];
                let symbol = match is_misspelled {
                    // Two letters are swapped.
                    true => known.replace("Thing", "Thnig"),
                    false => known.replace("Library_", "another_prefix_").replace("Thing", "Object"),
                };
                let mut declaration = one.clone();
                declaration.entry_point = Some(symbol);
                declaration
            })
            .collect();
        let mut diagnostics = Diagnostics::default();
        let outcome = compare(&declarations, &objects, &CompareOptions::default(), &mut diagnostics);
        // At most 16 neighbours on each side, in two orders.
        let compared = outcome.names_compared;
        assert!((missing..=missing * 64).contains(&compared), "{missing}: {compared} names");
        let found = diagnostics.into_sorted();
        let meant = found.iter().filter(|problem| problem.message.contains("; did you mean `Library_")).count();
        if is_misspelled {
            assert!(meant * 10 >= missing * 9, "{missing}: {meant} are found");
        } else {
            // They are one problem.
            let missing = found.iter().filter(|problem| problem.rule.code == "TG0601").count();
            assert_eq!((meant, missing), (0, 1), "{:?}", found.first());
        }
    }
}
