//! An app's native part, run in a wasm engine.
//!
//! ```
//! let mut app = thunkgen_build_example::App::new();
//! assert_eq!(app.scale(10, 4, 1.5), 21);
//! ```

use wasmi::{Engine, Instance, Linker, Module, Store};

/// The module that the build script made.
pub const MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/app.wasm"));

/// A running instance.
pub struct App {
    store: Store<()>,
    instance: Instance,
}

impl Default for App {
    fn default() -> App {
        App::new()
    }
}

impl App {
    /// A fresh instance. Panics when the module needs something from outside.
    pub fn new() -> App {
        let engine = Engine::default();
        let module = Module::new(&engine, MODULE).expect("a valid module");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).expect("no imports");
        App { store, instance }
    }

    /// How many thunks there are.
    pub fn thunk_count(&mut self) -> i32 {
        self.call("thunk_count", ())
    }

    /// `(a + b) * factor`, by native code called through a thunk.
    pub fn scale(&mut self, a: i32, b: i32, factor: f64) -> i32 {
        self.call("scale", (a, b, factor))
    }

    /// `(low + by) * 1000 + (high - by)`, by native code that takes and returns a struct.
    pub fn shift(&mut self, by: i32, low: i64, high: i64) -> i64 {
        self.call("shift", (by, low, high))
    }

    fn call<P: wasmi::WasmParams, R: wasmi::WasmResults>(&mut self, name: &str, arguments: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name).expect("the export, with this type");
        function.call(&mut self.store, arguments).expect("no trap")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thunks_call_with_the_right_arguments() {
        let mut app = App::new();
        assert_eq!(app.scale(20, 1, 2.0), 42);
        assert_eq!(app.scale(-5, 1, 0.5), -2);
        assert_eq!(app.shift(7, 100, 50), 107_043);
        assert_eq!(app.shift(-1, i64::from(i32::MAX), 0), (i64::from(i32::MAX) - 1) * 1000 + 1);
    }

    #[test]
    fn the_thunks_of_the_assemblies_are_there_too() {
        assert!(App::new().thunk_count() > 60);
    }

    #[test]
    fn cargo_was_told_to_watch_everything_that_was_read() {
        let said = std::fs::read_to_string(concat!(env!("OUT_DIR"), "/../output")).expect("what the build script said");
        let watched = |path: &str| said.lines().any(|line| line == format!("cargo::rerun-if-changed={path}"));
        let fixtures = "../../../tests/fixtures";
        for path in ["corlib", "corlib/System.Private.CoreLib.dll", "facade", "facade/System.Runtime.dll"] {
            assert!(watched(&format!("{fixtures}/{path}")), "{path}: {said}");
        }
        assert!(watched("native/extra.txt") && watched("native"), "{said}");
    }
}
