//! A wasm module made of a generated table and the registry, and images loaded beside it: see
//! `tests/support/registry/host.cpp`.

use std::collections::BTreeSet;

use crate::data::crate_file;
use crate::generated::interp_to_native;
use crate::wasm::engine::Machine;
use crate::wasm::image::{Image, load};
use crate::wasm::link::Build;
use crate::wasm::patterns::Bits;
use crate::wasm::toolchain::Flags;

/// Room for the keys that are passed in; they stay where they are.
const KEYS: u32 = 512 * 1024;

/// Links the table of these keys with the registry and a probe of the table.
pub fn host_module(keys: &BTreeSet<String>) -> Vec<u8> {
    let mut build = Build::new(Flags::SIMD);
    build.add("generated", &interp_to_native(keys)).unwrap_or_else(|error| panic!("{error}"));
    build.add_support("interp_probe");
    build.add("host", &crate_file("support/registry/host.cpp")).unwrap_or_else(|error| panic!("{error}"));
    build.link(&[], &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// The running module.
pub struct RegistryHost<T: 'static> {
    /// The module, and the images.
    pub machine: Machine<T>,
    keys: u32,
    keys_end: u32,
}

/// What an injection did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injected {
    /// `InjectStatus`, 0 when it was done.
    pub status: u32,
    /// Keys that were new.
    pub added: u32,
    /// Entry points that got their thunk.
    pub resolved: u32,
}

impl<T: 'static> RegistryHost<T> {
    /// Starts the module: the linked table is in the registry.
    pub fn new(module: &[u8], data: T) -> RegistryHost<T> {
        let mut machine = Machine::new(module, data, |_| {}).unwrap_or_else(|error| panic!("{error}"));
        let keys = machine.reserve(KEYS);
        let mut host = RegistryHost { machine, keys, keys_end: keys + KEYS };
        assert_eq!(host.call("registry_start", &[]), 1);
        host
    }

    /// Loads an image and fills its cells; `helper` is a table index. Returns the image, and its keys and table indices
    /// by an own reading.
    pub fn load(&mut self, image: &[u8], helper: u32) -> (Image, Vec<(String, u32)>) {
        let image = load(&mut self.machine, image).unwrap_or_else(|error| panic!("{error}"));
        let thunks = image.resolve(&mut self.machine, helper).unwrap_or_else(|error| panic!("{error}"));
        (image, thunks)
    }

    /// Hands the image's thunks to the registry.
    pub fn inject(&mut self, image: &Image) -> Injected {
        let fixup = image.string_thunk_fixup(&self.machine).unwrap_or_else(|error| panic!("{error}"));
        let status = self.call("registry_inject", &[image.base, image.size, fixup]);
        Injected { status, added: self.call("registry_added", &[]), resolved: self.call("registry_resolved", &[]) }
    }

    /// The table index of a key's thunk and its `ThunkSource`; zeros when there is none.
    pub fn lookup(&mut self, key: &str) -> (u32, u32) {
        let start = self.keys;
        let key = self.text(key);
        let found = (self.call("registry_thunk", &[key]), self.call("registry_source", &[key]));
        self.keys = start;
        found
    }

    /// A method that belongs to an owner is to get the thunk of a key; the result is an `AddPending`.
    pub fn wait(&mut self, owner: u32, key: &str, method: u32) -> u32 {
        let key = self.text(key);
        self.call("registry_wait", &[owner, key, method])
    }

    /// Calls an export whose arguments are i32.
    pub fn call(&mut self, name: &str, arguments: &[u32]) -> u32 {
        let arguments: Vec<Bits> = arguments.iter().map(|argument| Bits::i32(*argument)).collect();
        let results = self.machine.call_export(name, &arguments).unwrap_or_else(|error| panic!("{name}: {error}"));
        results[0].bits as u32
    }

    /// The address of a string.
    fn text(&mut self, text: &str) -> u32 {
        let at = self.keys;
        self.keys += text.len() as u32 + 1;
        assert!(self.keys <= self.keys_end, "too many keys");
        self.machine.write(at, text.as_bytes());
        self.machine.write(at + text.len() as u32, &[0]);
        at
    }
}
