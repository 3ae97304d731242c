//! Compiled native code.

use clr_wasm_file::DebugInfo;
use clr_wasm_file::objects::{self, SymbolNames};

/// A shape has the type of its function, and each of its values belongs to a parameter, the result or variable arguments.
fn debug_info(object: &objects::Object<'_>, info: &DebugInfo) {
    for function in &object.functions {
        let Some(shape) = info.function(function).and_then(|debug| debug.shape.as_ref()) else { continue };
        assert_eq!(shape.ty, *function.ty);
        let values: usize = shape.params.iter().map(|param| param.values).sum();
        let more = shape.ty.params().len() - values - usize::from(shape.is_variadic);
        assert!(more + shape.ty.results().len() <= 1 && shape.ret.values == shape.ty.results().len(), "{shape:?}");
    }
}

/// Relocatable objects, archives and linked modules.
pub fn object(bytes: &[u8]) -> bool {
    let names = SymbolNames::parse(b"0:a\n1:b\n4294967295:c\n").expect("symbols");
    match objects::read("x", &["x".to_owned()], bytes, Some(&names)) {
        Ok(found) => {
            assert!(found.iter().all(|object| object.libraries.first().is_some_and(|name| name == "x")));
            for object in &found {
                if let Some(info) = object.debug_info(&|_| true, &|_| true) {
                    debug_info(object, &info);
                }
                object.exceptions();
                // Of the bodies, one that a thousand exports name would be read a thousand times.
                for function in object.functions.iter().take(16) {
                    let calls = object.calls_of_params(function);
                    assert!(calls.iter().all(|call| call.param < function.ty.params().len()));
                }
            }
            !found.is_empty()
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

/// The file of symbols beside a linked module.
pub fn symbols(bytes: &[u8]) -> bool {
    match SymbolNames::parse(bytes) {
        Ok(names) => {
            let found: Vec<_> = names.iter().collect();
            assert!(found.windows(2).all(|pair| pair[0].0 <= pair[1].0), "out of order: {found:?}");
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| line.contains(&b':')).count();
            assert_eq!(found.len(), lines, "a name of every line");
            true
        }
        Err(error) => {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!((1..=lines).contains(&(error.line as usize)), "line {} of {lines}", error.line);
            false
        }
    }
}
