//! The keys of a manifest. Most have the name of an option; `docs/manifest.md` explains each.

/// The key of the outputs.
pub const OUTPUTS: &str = "output";

/// The key of an output's name.
pub const NAME: &str = "name";

/// Keys of the whole file that say how problems are told.
pub const REPORTING: &[&str] = &["strict", "warnaserror", "nowarn", "suppressions"];

/// Keys of an output only.
pub const OUTPUT: &[&str] = &[NAME];

/// Keys of an output, or of all outputs.
pub const SHARED: &[&str] = &[
    "inputs",
    "references",
    "target-os",
    "tokens",
    "contract",
    "modules",
    "module-lists",
    "native",
    "default-modules",
    "extra-signatures",
    "struct-sizes",
    "struct-size-files",
    "emit",
    "out",
    "interp-to-native",
    "pinvoke",
    "reverse",
];
