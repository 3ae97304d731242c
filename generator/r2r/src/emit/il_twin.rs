//! The assembly of an image as a .dll of IL, for compilers and for the SDK: a PE32 file with one section (ECMA-335
//! II.25), which contains only the metadata of the image.

use super::payload::{CLI_HEADER_SIZE, Fields};

const PE_OFFSET: u32 = 0x80;
const SECTION_ALIGN: u32 = 0x2000;
const FILE_ALIGN: u32 = 0x200;
const HEADERS: u32 = FILE_ALIGN;
const OPTIONAL_HEADER_SIZE: u16 = 224;
const DIRECTORIES: u32 = 16;
const CLI_HEADER_DIRECTORY: usize = 14;

/// The machine of an IL assembly for any processor.
const MACHINE_I386: u16 = 0x14C;
/// EXECUTABLE_IMAGE, LARGE_ADDRESS_AWARE, DLL.
const CHARACTERISTICS: u16 = 0x2022;
/// DYNAMIC_BASE, NX_COMPAT, NO_SEH, TERMINAL_SERVER_AWARE.
const DLL_CHARACTERISTICS: u16 = 0x8540;
const SUBSYSTEM_CONSOLE: u16 = 3;
/// CNT_CODE, MEM_EXECUTE, MEM_READ.
const SECTION_FLAGS: u32 = 0x6000_0020;
const CLI_FLAG_IL_ONLY: u32 = 1;

/// The bytes of the file.
pub(super) fn il_twin(metadata: &[u8]) -> Vec<u8> {
    let size = CLI_HEADER_SIZE + metadata.len() as u32;
    let raw_size = size.next_multiple_of(FILE_ALIGN);
    let mut file = Fields::default();
    file.bytes(b"MZ");
    file.pad_to(0x3C);
    file.u32s([PE_OFFSET]);
    file.pad_to(PE_OFFSET);
    file.bytes(b"PE\0\0");
    file.u16s([MACHINE_I386, 1]);
    file.u32s([0; 3]); // time, symbols
    file.u16s([OPTIONAL_HEADER_SIZE, CHARACTERISTICS]);

    file.u16s([0x10B, 0x30]); // PE32; version of the linker
    file.u32s([raw_size, 0, 0, 0, SECTION_ALIGN, 0]); // code and data: sizes, entry point, bases
    file.u32s([0x0040_0000, SECTION_ALIGN, FILE_ALIGN]);
    file.u16s([4, 0, 0, 0, 4, 0]); // versions of system, image, subsystem
    file.u32s([0, SECTION_ALIGN + size.next_multiple_of(SECTION_ALIGN), HEADERS, 0]);
    file.u16s([SUBSYSTEM_CONSOLE, DLL_CHARACTERISTICS]);
    file.u32s([0x10_0000, 0x1000, 0x10_0000, 0x1000, 0, DIRECTORIES]); // stack and heap
    for directory in 0..DIRECTORIES as usize {
        let is_cli = directory == CLI_HEADER_DIRECTORY;
        file.u32s(if is_cli { [SECTION_ALIGN, CLI_HEADER_SIZE] } else { [0, 0] });
    }

    file.bytes(b".text\0\0\0");
    file.u32s([size, SECTION_ALIGN, raw_size, HEADERS, 0, 0, 0, SECTION_FLAGS]);

    file.pad_to(HEADERS);
    file.u32s([CLI_HEADER_SIZE]);
    file.u16s([2, 5]);
    file.u32s([SECTION_ALIGN + CLI_HEADER_SIZE, metadata.len() as u32, CLI_FLAG_IL_ONLY, 0]);
    file.u32s([0; 12]); // no resources, strong name, code manager, fixups, exports, native header
    file.bytes(metadata);
    file.pad_to(HEADERS + raw_size);
    file.0
}
