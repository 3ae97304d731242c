//! Generated text to a linked module: which support objects each table needs.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::data::crate_file;

use super::toolchain::{Flags, Toolchain};

/// The runtime's functions that reverse thunks call.
pub const REVERSE_IMPORTS: [&str; 2] =
    ["LookupUnmanagedCallersOnlyMethodByName", "ExecuteInterpretedMethodFromUnmanaged"];

/// A module being built in a temporary folder.
pub struct Build {
    toolchain: &'static Toolchain,
    dir: TempDir,
    flags: Flags,
    objects: Vec<PathBuf>,
}

impl Build {
    /// A build that holds the support runtime.
    pub fn new(flags: Flags) -> Build {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut build = Build { toolchain: Toolchain::find(), dir, flags, objects: Vec::new() };
        let text = crate_file("support/runtime.cpp");
        // The support code is fixed and must compile at any level; without -fno-builtin its loops become calls to
        // themselves.
        let text = format!("#pragma clang optimize off\n{text}");
        build.add("runtime", &text).expect("the support runtime compiles");
        build
    }

    /// Compiles a file into the module; the object's bytes are returned.
    pub fn add(&mut self, name: &str, text: &str) -> Result<Vec<u8>, String> {
        let object = self.toolchain.compile(self.dir.path(), name, text, self.flags)?;
        let bytes = std::fs::read(&object).map_err(|error| format!("cannot read {}: {error}", object.display()));
        self.objects.push(object);
        bytes
    }

    /// Adds an object that no compiler made.
    pub fn add_object(&mut self, name: &str, bytes: &[u8]) {
        let path = self.dir.path().join(format!("{name}.o"));
        std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        self.objects.push(path);
    }

    /// Makes one object of all that are there.
    pub fn merge(&mut self) -> Result<(), String> {
        let merged = self.toolchain.merge(self.dir.path(), "merged", &self.objects)?;
        self.objects = vec![merged];
        Ok(())
    }

    /// Compiles a file of `tests/support` into the module.
    pub fn add_support(&mut self, name: &str) {
        let text = crate_file(&format!("support/{name}.cpp"));
        self.add(name, &text).unwrap_or_else(|error| panic!("support/{name}.cpp does not compile: {error}"));
    }

    /// Links; `host_functions` may stay undefined, `exports` are exported.
    pub fn link(&self, host_functions: &[&str], exports: &[&str]) -> Result<Vec<u8>, String> {
        self.link_with(host_functions, exports, &[])
    }

    /// The same with more options for the linker.
    pub fn link_with(&self, host_functions: &[&str], exports: &[&str], options: &[&str]) -> Result<Vec<u8>, String> {
        self.toolchain.link(self.dir.path(), &self.objects, host_functions, exports, options)
    }
}

/// Links an interp-to-native table with an object that reads it.
pub fn interp_module(text: &str, flags: Flags) -> Result<Vec<u8>, String> {
    let mut build = Build::new(flags);
    build.add("generated", text)?;
    build.add_support("interp_probe");
    build.link(&[], &[])
}

/// The same for the table of the contract `portable-callhelpers`.
pub fn portable_interp_module(text: &str, flags: Flags) -> Result<Vec<u8>, String> {
    let mut build = Build::new(flags);
    build.add("generated", text)?;
    build.add_support("portable_probe");
    build.link(&[], &[])
}

/// Links a reverse-thunk table with an object that reads it, and exports the callbacks' entry points.
pub fn reverse_module(text: &str, exports: &[&str], flags: Flags) -> Result<Vec<u8>, String> {
    let mut build = Build::new(flags);
    build.add("generated", text)?;
    build.add_support("reverse_probe");
    build.link(&REVERSE_IMPORTS, exports)
}
