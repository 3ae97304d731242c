//! The metadata of the assembly of an image (ECMA-335 II.22 and II.24).
//!
//! It defines one public type, a static class without members, so that C# can refer to the assembly. It only references
//! `System.Runtime`.

use super::identity::{AssemblyVersion, Guid, Identity};

/// `#Strings`, `#GUID` and `#Blob`, all with 2-byte offsets.
const HEAP_SIZES: u8 = 0;

/// The tables and their numbers of rows, in the order of table numbers: Module, TypeRef, TypeDef, Assembly, AssemblyRef.
const ROWS: [(u32, u32); 5] = [(0x00, 1), (0x01, 1), (0x02, 2), (0x20, 1), (0x23, 1)];

/// Name of the public type; its namespace is the name of the assembly.
pub const TYPE_NAME: &str = "ThunkImage";

/// `public static`: public, abstract, sealed, without a type initializer.
const TYPE_FLAGS: u32 = 0x0010_0181;

/// The assembly in which compilers look up `System.Object`. A runtime accepts references to lower versions.
const SYSTEM_RUNTIME: &str = "System.Runtime";
const SYSTEM_RUNTIME_VERSION: [u16; 4] = [8, 0, 0, 0];
const SYSTEM_RUNTIME_KEY: [u8; 8] = [0xB0, 0x3F, 0x5F, 0x7F, 0x11, 0xD5, 0x0A, 0x3A];

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
        (b"#Blob\0\0\0", padded([[0, SYSTEM_RUNTIME_KEY.len() as u8].as_slice(), &SYSTEM_RUNTIME_KEY].concat())),
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
    type_name: u16,
    object: u16,
    system: u16,
    system_runtime: u16,
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
        let (type_name, object, system) = (add(TYPE_NAME), add("Object"), add("System"));
        let system_runtime = add(SYSTEM_RUNTIME);
        Strings { heap, module_file, module_type, assembly, type_name, object, system, system_runtime }
    }
}

fn tables(version: AssemblyVersion, strings: &Strings) -> Vec<u8> {
    const GUID_OF_MODULE: u16 = 1; // 1-based
    const ASSEMBLY_REF_1: u16 = 1 << 2 | 2; // ResolutionScope
    const TYPE_REF_1: u16 = 1 << 2 | 1; // TypeDefOrRef
    const KEY_IN_BLOB: u16 = 1;
    let AssemblyVersion(version) = version;
    let mut stream = u32s([0]).collect::<Vec<u8>>();
    stream.extend([2, 0, HEAP_SIZES, 1]);
    stream.extend(ROWS.iter().fold(0u64, |valid, (table, _)| valid | 1 << table).to_le_bytes());
    stream.extend(SORTED.to_le_bytes());
    stream.extend(ROWS.iter().flat_map(|(_, rows)| rows.to_le_bytes()));
    // Module: generation, name, MVID, and two of edit and continue
    stream.extend(u16s([0, strings.module_file, GUID_OF_MODULE, 0, 0]));
    // TypeRef: scope, name, namespace
    stream.extend(u16s([ASSEMBLY_REF_1, strings.object, strings.system]));
    // TypeDef: flags; name, namespace, base, first field, first method
    stream.extend(u32s([0]));
    stream.extend(u16s([strings.module_type, 0, 0, 1, 1]));
    stream.extend(u32s([TYPE_FLAGS]));
    stream.extend(u16s([strings.type_name, strings.assembly, TYPE_REF_1, 1, 1]));
    // Assembly: hash algorithm; version; flags; public key, name, culture
    stream.extend(u32s([HASH_SHA1]));
    stream.extend(u16s(version));
    stream.extend(u32s([0]));
    stream.extend(u16s([0, strings.assembly, 0]));
    // AssemblyRef: version; flags; token of the key, name, culture, hash
    stream.extend(u16s(SYSTEM_RUNTIME_VERSION));
    stream.extend(u32s([0]));
    stream.extend(u16s([KEY_IN_BLOB, strings.system_runtime, 0, 0]));
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
