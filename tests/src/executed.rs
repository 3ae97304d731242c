//! All three tables of a representation, compiled, linked and run.

use std::collections::BTreeSet;

use thunkgen_core::collect::ir::Ir;
use thunkgen_core::emit::Output;

use crate::failure::expect_none;
use crate::generated::text;
use crate::tool::{expected_callbacks, expected_pinvokes};
use crate::wasm::link::{Build, interp_module, reverse_module};
use crate::wasm::toolchain::Flags;
use crate::wasm::{interp, pinvoke, reverse};

/// Patterns each thunk is called with.
const ROUNDS: u32 = 5;

/// What ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Interp-to-native keys.
    pub keys: usize,
    /// P/Invoke entries.
    pub pinvokes: usize,
    /// Callbacks.
    pub callbacks: usize,
}

/// Generates, compiles, links and runs everything of a representation; panics with what is wrong.
pub fn run_all(name: &str, ir: &Ir, flags: Flags) -> Ran {
    let keys: BTreeSet<String> = ir.keys.keys().cloned().collect();
    let wasm = interp_module(&text(ir, Output::InterpToNative), flags).unwrap_or_else(|e| panic!("{name}: {e}"));
    let interp = expect_none(name, interp::check(&wasm, &keys, ROUNDS));
    assert_eq!((interp.keys, interp.calls), (keys.len(), keys.len() * ROUNDS as usize));

    // An empty table must compile too.
    let entries = expected_pinvokes(ir);
    let table = text(ir, Output::PInvoke);
    if entries.is_empty() {
        Build::new(flags).add("generated", &table).unwrap_or_else(|e| panic!("{name}: {e}"));
    } else {
        let pinvokes = expect_none(name, pinvoke::check(&table, &entries, flags));
        assert_eq!(pinvokes.entries, entries.len());
    }

    let callbacks = expected_callbacks(ir);
    let exports: Vec<&str> = callbacks.iter().filter_map(|callback| callback.export.as_deref()).collect();
    let wasm = reverse_module(&text(ir, Output::Reverse), &exports, flags).unwrap_or_else(|e| panic!("{name}: {e}"));
    if !callbacks.is_empty() {
        let reverse = expect_none(name, reverse::check(&wasm, &callbacks, ROUNDS));
        assert_eq!(reverse.callbacks, callbacks.len());
    }
    Ran { keys: interp.keys, pinvokes: entries.len(), callbacks: callbacks.len() }
}
