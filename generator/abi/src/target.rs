//! What differs between targets, as data.

use clr_metadata::Primitive;

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

/// Constants that a value-type layout depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LayoutTarget {
    /// Size and alignment in bytes of pointers, references, `nint`.
    pub pointer_size: u32,
    /// Alignment in bytes of 8-byte primitives.
    pub align_of_8_byte_primitives: u32,
    /// Heap objects with 8-byte aligned fields are 8-aligned although pointers are smaller (Arm32 and wasm32).
    pub supports_align8: bool,
    /// Packing of types without a Pack; an upper bound of every alignment.
    pub default_packing: u32,
    /// Upper bound in bytes of the alignment of `Vector64<T>` to `Vector512<T>`. A newer text of upstream's rules caps
    /// it at 16, but its unit tests and pull requests assert 32 and 64.
    pub max_vector_align: u32,
    /// Size in bytes of `Vector<T>`; on x64 it depends on the machine.
    pub vector_t_size: u32,
    /// Alignment in bytes of `Vector<T>`: that of `Vector128<T>` on wasm32, of its 8-byte fields elsewhere.
    pub vector_t_align: u32,
    /// Alignment in bytes of `Int128`, `UInt128` and `Decimal128`.
    pub int128_align: u32,
    /// The rules of `[InlineArray]`.
    pub inline_arrays: InlineArrayRules,
    /// How references change an explicit layout.
    pub explicit_references: ExplicitReferenceRules,
    /// Knows `[ExtendedLayout]` (.NET 11); before, the layout bits that mean it are refused.
    pub has_extended_layout: bool,
}

/// Size and alignment of an explicit layout that contains references.
///
/// The two differ only where a field needs more than a pointer's alignment, or Pack allows less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExplicitReferenceRules {
    /// The runtime's class loader: aligned like a pointer, and a multiple of it in size.
    ClassLoader,
    /// The compiler's type system: aligned like the field that needs most; a Size is rounded up to a pointer's.
    TypeSystem,
}

/// What the class loader makes of `[InlineArray]`, beyond repeating the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InlineArrayRules {
    /// .NET 8: a Size is that of one element. The alignment of an auto type that is as for its size is recomputed for
    /// the size of the whole, which raises it up to a pointer's.
    Net8,
    /// Later: a Size is refused, and the alignment is that of one element.
    Current,
}

impl LayoutTarget {
    /// wasm32, browser and wasi alike.
    pub const WASM32: LayoutTarget = LayoutTarget {
        pointer_size: 4,
        align_of_8_byte_primitives: 8,
        supports_align8: true,
        default_packing: 64,
        max_vector_align: 64,
        vector_t_size: 16,
        vector_t_align: 16,
        int128_align: 16,
        inline_arrays: InlineArrayRules::Current,
        explicit_references: ExplicitReferenceRules::TypeSystem,
        has_extended_layout: true,
    };

    /// linux-x64 with .NET 8, on a machine with AVX2: where a runtime that can be had confirms the rules.
    pub const LINUX_X64_NET8: LayoutTarget = LayoutTarget {
        pointer_size: 8,
        align_of_8_byte_primitives: 8,
        supports_align8: false,
        default_packing: 64,
        max_vector_align: 64,
        vector_t_size: 32,
        vector_t_align: 8,
        int128_align: 16,
        inline_arrays: InlineArrayRules::Net8,
        explicit_references: ExplicitReferenceRules::ClassLoader,
        has_extended_layout: false,
    };

    /// Size and alignment in bytes of a primitive; `void` has none.
    pub fn primitive(self, primitive: Primitive) -> Option<(u32, u32)> {
        let size = match primitive {
            Primitive::Void => return None,
            Primitive::Boolean | Primitive::I1 | Primitive::U1 => 1,
            Primitive::Char | Primitive::I2 | Primitive::U2 => 2,
            Primitive::I4 | Primitive::U4 | Primitive::R4 => 4,
            Primitive::I8 | Primitive::U8 | Primitive::R8 => return Some((8, self.align_of_8_byte_primitives)),
            Primitive::I | Primitive::U => self.pointer_size,
        };
        Some((size, size))
    }

    /// Alignment in bytes of a heap object whose fields need `align`.
    pub fn object_align(self, align: u32) -> u32 {
        if align > self.pointer_size && self.supports_align8 { 8 } else { self.pointer_size }
    }
}
