//! What differs between targets, as data.

/// The operating system the runtime is built for; it selects platform attributes and module lists, never the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetOs {
    /// `browser`
    Browser,
    /// `wasi`
    Wasi,
}

impl TargetOs {
    /// Every target, in the order they are documented.
    pub const ALL: [TargetOs; 2] = [TargetOs::Browser, TargetOs::Wasi];

    /// The name used by platform attributes, module lists and the command line.
    pub fn name(self) -> &'static str {
        match self {
            TargetOs::Browser => "browser",
            TargetOs::Wasi => "wasi",
        }
    }
}

/// Which generation of signature tokens the runtime understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenSet {
    /// All tokens.
    #[default]
    Current,
    /// A runtime of dotnet/runtime PR 127483's age: the async continuation is `i`, 16-aligned structs are `S`, and
    /// multi-slot types are `S<size>`.
    Pr127483,
}
