//! The metadata of an assembly that defines nothing but itself (ECMA-335 II.22 and II.24).
//!
//! It has one row in each of three tables, Module, TypeDef (`<Module>`) and Assembly, and refers to no other assembly.

use super::identity::{AssemblyVersion, Guid, Identity};

/// `#Strings`, `#GUID` and `#Blob`, all with 2-byte offsets.
const HEAP_SIZES: u8 = 0;

/// Bits of the tables that have rows.
const VALID: u64 = 1 << TABLE_MODULE | 1 << TABLE_TYPE_DEF | 1 << TABLE_ASSEMBLY;
const TABLE_MODULE: u32 = 0x00;
const TABLE_TYPE_DEF: u32 = 0x02;
const TABLE_ASSEMBLY: u32 = 0x20;

/// Bits of the tables that must be sorted; compilers set all of them, rows or not.
const SORTED: u64 = 0x0000_1600_3301_FA00;

/// Nothing is signed, but the field has no "none" that compilers use.
const HASH_SHA1: u32 = 0x8004;

/// Of every runtime since .NET Framework 4.
const RUNTIME_VERSION: &[u8; 12] = b"v4.0.30319\0\0";

/// The bytes from the metadata root to the end of the last stream.
pub(super) fn metadata(identity: &Identity, mvid: Guid) -> Vec<u8> {
    let strings = Strings::of(identity.name.as_str());
    let streams: [(&[u8], Vec<u8>); 4] = [
        (b"#~\0\0", tables(identity.version, &strings)),
        (b"#Strings\0\0\0\0", padded(strings.heap)),
        (b"#GUID\0\0\0", mvid.0.to_vec()),
        (b"#Blob\0\0\0", padded(vec![0])),
    ];
    let headers: usize = streams.iter().map(|(name, _)| 8 + name.len()).sum();
    let mut root = b"BSJB".to_vec();
    root.extend(u16s([1, 1]));
    root.extend(u32s([0, RUNTIME_VERSION.len() as u32]));
    root.extend_from_slice(RUNTIME_VERSION);
    root.extend(u16s([0, streams.len() as u16]));
    let mut offset = root.len() + headers;
    for (name, stream) in &streams {
        root.extend(u32s([offset as u32, stream.len() as u32]));
        root.extend_from_slice(name);
        offset += stream.len();
    }
    streams.iter().for_each(|(_, stream)| root.extend_from_slice(stream));
    root
}

/// The `#Strings` heap, with the offsets of what is in it.
struct Strings {
    heap: Vec<u8>,
    module_file: u16,
    module_type: u16,
    assembly: u16,
}

impl Strings {
    /// [`AssemblyName`](super::AssemblyName) keeps names so short that every offset has two bytes.
    fn of(name: &str) -> Strings {
        let mut heap = vec![0];
        let mut add = |text: &str| {
            let offset = heap.len() as u16;
            heap.extend_from_slice(text.as_bytes());
            heap.push(0);
            offset
        };
        let (module_type, assembly) = (add("<Module>"), add(name));
        let module_file = add(&format!("{name}.dll"));
        Strings { heap, module_file, module_type, assembly }
    }
}

fn tables(version: AssemblyVersion, strings: &Strings) -> Vec<u8> {
    const GUID_OF_MODULE: u16 = 1; // 1-based
    let AssemblyVersion(version) = version;
    let mut stream = u32s([0]).collect::<Vec<u8>>();
    stream.extend([2, 0, HEAP_SIZES, 1]);
    stream.extend(VALID.to_le_bytes());
    stream.extend(SORTED.to_le_bytes());
    stream.extend(u32s([1, 1, 1]));
    // Module: generation, name, MVID, and two of edit and continue
    stream.extend(u16s([0, strings.module_file, GUID_OF_MODULE, 0, 0]));
    // TypeDef: flags; name, namespace, base, first field, first method
    stream.extend(u32s([0]));
    stream.extend(u16s([strings.module_type, 0, 0, 1, 1]));
    // Assembly: hash algorithm; version; flags; public key, name, culture
    stream.extend(u32s([HASH_SHA1]));
    stream.extend(u16s(version));
    stream.extend(u32s([0]));
    stream.extend(u16s([0, strings.assembly, 0]));
    padded(stream)
}

fn u16s<const N: usize>(values: [u16; N]) -> impl Iterator<Item = u8> {
    values.into_iter().flat_map(u16::to_le_bytes)
}

fn u32s<const N: usize>(values: [u32; N]) -> impl Iterator<Item = u8> {
    values.into_iter().flat_map(u32::to_le_bytes)
}

/// Streams are multiples of 4 bytes long.
fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}
