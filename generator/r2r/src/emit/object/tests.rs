//! A small object by hand. The suite `r2r_object` links others and runs them.

use super::*;
use crate::emit::thunk;

fn thunks(keys: &[&str]) -> Vec<Thunk> {
    keys.iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect()
}

fn object_of(keys: &[&str]) -> Vec<u8> {
    object(&thunks(keys), Contract::WasmThunks).unwrap()
}

#[test]
fn keys_that_the_runtime_could_not_tell_apart_are_refused() {
    let twice = object(&thunks(&["Mv", "Mi", "Mv"]), Contract::WasmThunks);
    assert_eq!(twice, Err(ObjectError::Keys(BlobError::Duplicate("Mv".to_owned()))));
}

// After "Relocatable Object Files" of the tool conventions, byte by byte.
#[test]
fn worked_example() {
    let expected = [
        b"\0asm\x01\0\0\0".as_slice(),
        &[1, 10, 2, 0x60, 0, 0, 0x60, 3, 0x7f, 0x7f, 0x7f, 0], // types: () -> (), (i32, i32, i32) -> ()
        &[2, 58, 2],                                           // imports
        b"\x03env\x0f__linear_memory\x02\0\x01",
        b"\x03env\x19__indirect_function_table\x01\x70\0\x02",
        &[3, 2, 1, 1],                      // the type of the function
        &[9, 7, 1, 0, 0x41, 1, 0x0b, 1, 0], // elements: at 1, function 0
        &[10, 13, 1, 11, 0],                // code: a body of 11 bytes without locals
        &[0x20, 0, 0x11, 0x80, 0x80, 0x80, 0x80, 0, 0, 0x0b],
        &[11, 31, 3], // data
        &[0, 0x41, 0, 0x0b, 3],
        b"Mv\0",
        &[0, 0x41, 4, 0x0b, 8, 0, 0, 0, 0, 1, 0, 0, 0],
        &[0, 0x41, 12, 0x0b, 4, 1, 0, 0, 0],
        b"\0\xb4\x01\x07linking\x02",
        &[5, 75, 3], // segments: name, alignment, flags
        b"\x14.rodata..Lthunk_keys\0\0",
        b"\x14.rodata.g_wasmThunks\x02\0",
        b"\x19.rodata.g_wasmThunksCount\x02\0",
        &[8, 92, 4], // symbols: kind, flags; index and name, or name, segment, offset, size
        b"\0\x02\0\x1cWasmInterpreterToR2RThunk(v)",
        b"\x01\x02\x0c.Lthunk_keys\0\0\x03",
        b"\x01\x04\x0cg_wasmThunks\x01\0\x08",
        b"\x01\x04\x11g_wasmThunksCount\x02\0\x04",
        b"\0\x10\x0areloc.CODE\x04\x01", // section 4, one place
        &[6, 6, 0],                      // at 6, a type: type 0
        b"\0\x14\x0areloc.DATA\x05\x02", // section 5, two places
        &[5, 14, 1, 0],                  // at 14, an address: symbol 1 and 0 bytes
        &[2, 18, 0],                     // at 18, a table index: symbol 0
        b"\0\x11\x0ftarget_features\0",
    ];
    assert_eq!(object_of(&["Mv"]), expected.concat());
}
