//! A host that puts an image into its memory and table, in the order the wrapper's description gives.

use super::facts::shown;
use wasmi::{
    Engine, Global, Linker, Memory, MemoryType, Module, Mutability, Nullable, Ref, RefType, Store, Table, Val,
};

/// What an installed image left behind.
pub struct Installed {
    /// What `getWebcilSize` tells.
    pub size: u32,
    /// The memory where the payload belongs.
    pub payload: Vec<u8>,
    /// Whether the rest of the memory is as it was.
    pub elsewhere_untouched: bool,
    /// Types of the functions in the table, from the image's place on.
    pub table: Vec<String>,
}

const FILL: u8 = 0xa5;

/// Installs an image whose payload and place in the table have these sizes.
pub fn install(wasm: &[u8], (size, slots): (u32, u32), memory_base: u32, table_base: u32) -> Installed {
    let engine = Engine::default();
    let module = Module::new(&engine, wasm).expect("a module for the engine");
    let mut store = Store::new(&engine, ());
    let memory = Memory::new(&mut store, MemoryType::new(2, None)).expect("a memory");
    memory.data_mut(&mut store).fill(FILL);
    let null = Ref::Func(Nullable::Null);
    let table_type = wasmi::TableType::new(RefType::Func, table_base + slots, None);
    let table = Table::new(&mut store, table_type, null).expect("a table");
    let mut linker = Linker::new(&engine);
    for (name, value, mutability) in [
        ("stackPointer", 0x2000, Mutability::Var),
        ("imageBase", memory_base, Mutability::Const),
        ("tableBase", table_base, Mutability::Const),
        ("asyncContinuation", 0, Mutability::Var),
    ] {
        let global = Global::new(&mut store, Val::I32(value as i32), mutability);
        linker.define("webcil", name, global).expect("a new name");
    }
    linker.define("webcil", "memory", memory).expect("a new name");
    linker.define("webcil", "table", table).expect("a new name");
    let instance = linker.instantiate_and_start(&mut store, &module).expect("an instance");
    let version = instance.get_global(&store, "webcilVersion").expect("the version").get(&store);
    assert!(matches!(version, Val::I32(1)), "{version:?}");

    let copy = instance.get_typed_func::<(i32, i32), ()>(&store, "getWebcilPayload").expect("the function");
    // A payload too short to have the field has no place in the table.
    copy.call(&mut store, (memory_base as i32, 31)).expect("a call");
    assert_eq!(memory.data(&store)[memory_base as usize + 28..][..4], [0, 0, 0, FILL]);
    copy.call(&mut store, (memory_base as i32, size as i32)).expect("a call");
    assert!(matches!(table.get(&store, table_base.into()), Some(Ref::Func(Nullable::Null))), "not filled yet");
    let fill = instance.get_typed_func::<(), ()>(&store, "fillWebcilTable").expect("the function");
    fill.call(&mut store, ()).expect("a call");
    let mut data = memory.data(&store).to_vec();
    let payload: Vec<u8> = data.drain(memory_base as usize..(memory_base + size) as usize).collect();
    let elsewhere_untouched = data.iter().all(|byte| *byte == FILL);

    let get_size = instance.get_typed_func::<i32, ()>(&store, "getWebcilSize").expect("the function");
    get_size.call(&mut store, 0x1_8001).expect("a call");
    let told = memory.data(&store)[0x1_8001..0x1_8006].to_vec();
    assert_eq!(told[4], FILL, "it writes four bytes");
    let function = |index: u32| match table.get(&store, index.into()) {
        Some(Ref::Func(Nullable::Val(function))) => {
            let of_type = function.ty(&store);
            shown(of_type.params(), of_type.results())
        }
        other => panic!("{other:?} at {index}"),
    };
    Installed {
        size: u32::from_le_bytes([told[0], told[1], told[2], told[3]]),
        payload,
        elsewhere_untouched,
        table: (table_base..table_base + slots).map(function).collect(),
    }
}
