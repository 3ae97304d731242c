//! The names by which a linker connects objects.

use wasm_encoder::{DataSymbolDefinition, Encode, SymbolTable};

const LOCAL: u32 = SymbolTable::WASM_SYM_BINDING_LOCAL;
const HIDDEN: u32 = SymbolTable::WASM_SYM_VISIBILITY_HIDDEN;
const UNDEFINED: u32 = SymbolTable::WASM_SYM_UNDEFINED;

/// Version of the `linking` section.
const VERSION: u32 = 2;
const SEGMENT_INFO: u8 = 5;

/// The symbols of an object. Those of its functions come first, so that a function's place among them is its symbol.
#[derive(Default)]
pub(super) struct Symbols {
    table: SymbolTable,
    count: u32,
    /// Of `__stack_pointer`, when the object names it.
    pub(super) stack_pointer: Option<u32>,
}

/// A data segment, as the linker must know it.
pub(super) struct Segment {
    pub(super) name: String,
    /// Power of two.
    pub(super) align_log2: u32,
}

impl Symbols {
    /// A function of the object, which only its tables refer to.
    pub(super) fn function(&mut self, name: &str, index: u32) {
        self.table.function(LOCAL, index, Some(name));
        self.count += 1;
    }

    /// The stack pointer, the only global that is imported.
    pub(super) fn import_stack_pointer(&mut self) {
        self.table.global(UNDEFINED, 0, None);
        self.stack_pointer = Some(self.next());
    }

    /// The whole of a data segment; the symbol is returned.
    pub(super) fn data(&mut self, name: &str, local: bool, segment: u32, size: u32) -> u32 {
        let definition = DataSymbolDefinition { index: segment, offset: 0, size };
        self.table.data(if local { LOCAL } else { HIDDEN }, name, Some(definition));
        self.next()
    }

    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count - 1
    }
}

/// The content of the section `linking`.
pub(super) fn linking(symbols: &Symbols, segments: &[Segment]) -> Vec<u8> {
    let mut info = Vec::new();
    (segments.len() as u32).encode(&mut info);
    for Segment { name, align_log2 } in segments {
        name.as_str().encode(&mut info);
        align_log2.encode(&mut info);
        0_u32.encode(&mut info); // flags
    }
    let mut content = Vec::new();
    VERSION.encode(&mut content);
    content.push(SEGMENT_INFO);
    info.as_slice().encode(&mut content);
    symbols.table.encode(&mut content);
    content
}
