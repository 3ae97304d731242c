//! The Webcil image, version 1, of an assembly with thunks: headers, metadata, and the fixups by which the runtime gets
//! the thunks and what they call.
//!
//! The eager import section is in crossgen2's order: the check of instruction sets, the helpers, the thunks.
//! Every RVA is an offset from the start. Two sections follow the headers: the cells, which the runtime writes, and
//! everything it reads. Nothing needs a base relocation: table indices in the fixup are relative already.

use super::{Blob, key_index};
use crate::ready_to_run::R2R_TO_INTERPRETER;
use thunkgen_core::runtime_version::{FormatVersion, ImageFormat};

/// Size of the Webcil header, version 1: 28 bytes of version 0, and `TableBase`.
const WEBCIL_HEADER: u32 = 32;

/// Where the host writes the base of the image's functions in the table.
pub(super) const TABLE_BASE_OFFSET: u32 = 28;

const SECTION_HEADER: u32 = 16;
const SECTION_ALIGN: u32 = 16;
const SECTIONS: u16 = 2;

/// The section of the cells is the first one, so that code knows their RVAs before the rest is made.
const CELLS: u32 = WEBCIL_HEADER + SECTIONS as u32 * SECTION_HEADER;
const CELL: u32 = 4;

/// RVA of the helper's cell, after that of the instruction sets. The runtime fills cells in order, and may call thunks as
/// soon as it has their cell.
pub(super) const HELPER_CELL: u32 = CELLS + CELL;

pub(super) const CLI_HEADER_SIZE: u32 = 72;
const CLI_FLAG_IL_LIBRARY: u32 = 4;
const DEBUG_ENTRY_SIZE: u32 = 28;
const DEBUG_TYPE_REPRODUCIBLE: u32 = 16;
const READY_TO_RUN_HEADER: u32 = 16;
const READY_TO_RUN_SECTION: u32 = 12;
const SECTION_COMPILER_IDENTIFIER: u32 = 100;
const SECTION_IMPORT_SECTIONS: u32 = 101;
const IMPORT_SECTION_SIZE: u32 = 20;
const IMPORT_EAGER: u16 = 1;

/// `READYTORUN_FIXUP_Check_InstructionSetSupport` with two sets that an engine must support: the first fixup in every
/// image for browsers that crossgen2 11.0.0 writes.
const INSTRUCTION_SETS_FIXUP: [u8; 6] = [0x30, 2, 0x80, 0xB7, 0x80, 0xB9];

/// `READYTORUN_FIXUP_Helper`, followed by a compressed number (ECMA-335 II.23.2).
const FIXUP_HELPER: u8 = 0x1A;
const HELPER_FIXUP: [u8; 3] = [FIXUP_HELPER, 0x80 | (R2R_TO_INTERPRETER >> 8) as u8, R2R_TO_INTERPRETER as u8];

/// What an image says made it. The number is raised whenever the image changes for equal input.
pub const COMPILER: &str = "thunkgen format=2";

/// The bytes of the image.
pub(super) fn payload(format: &ImageFormat, metadata: &[u8], blob: &Blob, calls_helper: bool) -> Vec<u8> {
    let cells: u32 = if calls_helper { 3 } else { 2 };
    let read_only = CELLS + (cells * CELL).next_multiple_of(SECTION_ALIGN);

    let mut next = read_only;
    let mut place = |size: usize, align: u32| {
        let at = next.next_multiple_of(align);
        next = at + size as u32;
        at
    };
    let cli_header = place(CLI_HEADER_SIZE as usize, 4);
    let debug_directory = place(DEBUG_ENTRY_SIZE as usize, 4);
    let sections = [SECTION_COMPILER_IDENTIFIER, SECTION_IMPORT_SECTIONS];
    let header_size = READY_TO_RUN_HEADER + sections.len() as u32 * READY_TO_RUN_SECTION;
    let header = place(header_size as usize, 4);
    let import_section = place(IMPORT_SECTION_SIZE as usize, 4);
    let signatures = place((cells * CELL) as usize, 4);
    let metadata_at = place(metadata.len(), 4);
    let compiler = place(COMPILER.len() + 1, 1);
    let instruction_sets = place(INSTRUCTION_SETS_FIXUP.len(), 1);
    let helper = place(if calls_helper { HELPER_FIXUP.len() } else { 0 }, 1);
    let thunks = place(blob.bytes.len(), 1);
    let index = place(key_index::size(blob.keys.len()), key_index::ALIGN);
    let end = next.next_multiple_of(SECTION_ALIGN);

    let mut image = Fields(Vec::with_capacity(end as usize));
    image.bytes(b"WbIL");
    image.u16s([1, 0, SECTIONS, 0]);
    image.u32s([cli_header, CLI_HEADER_SIZE, debug_directory, DEBUG_ENTRY_SIZE, 0]);
    image.section_header(CELLS, read_only);
    image.section_header(read_only, end);

    image.pad_to(cli_header);
    image.u32s([CLI_HEADER_SIZE]);
    image.u16s([2, 5]);
    image.u32s([metadata_at, metadata.len() as u32, CLI_FLAG_IL_LIBRARY, 0]);
    image.u32s([0; 10]); // resources, strong name, code manager, fixups, exports: none
    image.u32s([header, header_size]); // ManagedNativeHeader

    image.pad_to(debug_directory);
    image.u32s([0, 0, 0, DEBUG_TYPE_REPRODUCIBLE, 0, 0, 0]);

    image.pad_to(header);
    let FormatVersion(major, minor) = format.ready_to_run;
    image.bytes(b"RTR\0");
    image.u16s([major, minor]);
    image.u32s([format.flags, sections.len() as u32]);
    image.u32s([SECTION_COMPILER_IDENTIFIER, compiler, COMPILER.len() as u32 + 1]);
    image.u32s([SECTION_IMPORT_SECTIONS, import_section, IMPORT_SECTION_SIZE]);

    image.pad_to(import_section);
    image.u32s([CELLS, cells * CELL]);
    image.u16s([IMPORT_EAGER]);
    image.bytes(&[0, CELL as u8]); // kind of cell: none in particular; size of a cell
    image.u32s([signatures, 0]);

    image.pad_to(signatures);
    image.u32s([instruction_sets]);
    if calls_helper {
        image.u32s([helper]);
    }
    image.u32s([thunks]);
    for (at, bytes) in [
        (metadata_at, metadata),
        (compiler, COMPILER.as_bytes()), // and the NUL that the padding is
        (instruction_sets, &INSTRUCTION_SETS_FIXUP),
        (helper, if calls_helper { &HELPER_FIXUP } else { &[] }),
    ] {
        image.pad_to(at);
        image.bytes(bytes);
    }
    image.pad_to(thunks);
    image.bytes(&blob.bytes);
    image.pad_to(index);
    image.bytes(&key_index::bytes(blob, thunks));
    image.pad_to(end);
    image.0
}

/// Little-endian fields, one after the other.
#[derive(Default)]
pub(super) struct Fields(pub(super) Vec<u8>);

impl Fields {
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn u16s<const N: usize>(&mut self, values: [u16; N]) {
        self.0.extend(values.into_iter().flat_map(u16::to_le_bytes));
    }

    pub(super) fn u32s<const N: usize>(&mut self, values: [u32; N]) {
        self.0.extend(values.into_iter().flat_map(u32::to_le_bytes));
    }

    /// In memory and in the file, a section is at the same place and has the same size.
    fn section_header(&mut self, start: u32, end: u32) {
        self.u32s([end - start, start, end - start, start]);
    }

    pub(super) fn pad_to(&mut self, offset: u32) {
        debug_assert!(self.0.len() <= offset as usize);
        self.0.resize(offset as usize, 0);
    }
}
