//! One run: all units generated, written and compiled.

use std::path::Path;

use super::clang::Clang;
use super::facts::Facts;
use super::shape::Unit;
use super::{object, random, write_c, write_dotnet};
use crate::data::crate_dir;
use crate::metadata_writer::Container;

/// Overrides the seed; the seed of a failing run is in its message.
pub const SEED_VARIABLE: &str = "THUNKGEN_STRUCT_SEED";

const DEFAULT_SEED: u64 = 20_261;

/// The units: each references CoreLib by another way and comes in another container.
const UNITS: [(&str, Container); 4] = [
    ("System.Private.CoreLib", Container::Pe32),
    ("System.Runtime", Container::Webcil(0)),
    ("System.Private.CoreLib", Container::Webcil(1)),
    ("System.Runtime", Container::Pe32),
];

/// Structs in each unit.
const STRUCTS: usize = 1_500;

/// A unit in both forms.
pub struct Written {
    /// Simple name of the assembly.
    pub name: String,
    /// The shapes.
    pub unit: Unit,
    /// The assembly.
    pub assembly: Vec<u8>,
    /// What clang made of each struct.
    pub clang: Vec<Facts>,
}

/// All units.
pub struct Run {
    /// Seed of the shapes.
    pub seed: u64,
    /// The compiler's own description.
    pub compiler: &'static str,
    /// The units.
    pub units: Vec<Written>,
    /// The assemblies that the written ones reference, with their names.
    pub references: Vec<(String, Vec<u8>)>,
}

impl Run {
    /// Generates, writes and compiles.
    pub fn new() -> Run {
        let seed = match std::env::var(SEED_VARIABLE) {
            Ok(text) => text.parse().unwrap_or_else(|_| panic!("{SEED_VARIABLE}={text}: a number is needed")),
            Err(_) => DEFAULT_SEED,
        };
        let clang = Clang::find();
        let dir = tempfile::tempdir().expect("a temporary folder");
        let units = UNITS.iter().enumerate().map(|(number, (references, container))| {
            let unit = random::unit(seed, number as u32, STRUCTS);
            let name = format!("Structs{number}");
            let assembly = write_dotnet::assembly(&unit, &name, references, *container);
            let object = clang.compile(dir.path(), &name, &write_c::translation_unit(&unit));
            let object = object.unwrap_or_else(|error| panic!("{SEED_VARIABLE}={seed}: {error}"));
            Written { clang: object::read(&object, &unit), name, unit, assembly }
        });
        let reference = |path: &str| {
            let path = crate_dir().join("fixtures").join(path);
            (path.display().to_string(), read(&path))
        };
        Run {
            seed,
            compiler: &clang.version,
            units: units.collect(),
            references: vec![reference("corlib/System.Private.CoreLib.dll"), reference("facade/System.Runtime.dll")],
        }
    }
}

impl Default for Run {
    fn default() -> Run {
        Run::new()
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}
