//! A linked module running in a wasm engine, with its memory, function table and stack pointer at hand.

use wasmi::{
    AsContext, Caller, Engine, Extern, Func, Global, Instance, Linker, Memory, Module, Nullable, Ref, Store, Table, Val,
};

use super::patterns::Bits;

/// Most bytes of stack a generated function may use; the suites watch everything outside them.
pub const STACK_ALLOWANCE: u32 = 4096;

/// Bytes of a page of memory.
const PAGE: u32 = 0x1_0000;

/// What all modules of a machine have in common, good wherever a call comes from: a host function sees only what the
/// module that calls it exports.
#[derive(Clone, Copy, Debug)]
pub struct Shared {
    /// The memory.
    pub memory: Memory,
    /// The table of all indirect calls.
    pub table: Table,
    /// `__stack_pointer`.
    pub stack_pointer: Global,
}

impl Shared {
    /// The function at a table index.
    pub fn function(&self, store: impl AsContext, index: u32) -> Result<Func, String> {
        match self.table.get(store, index.into()) {
            Some(Ref::Func(Nullable::Val(func))) => Ok(func),
            Some(_) => Err(format!("table index {index} is empty")),
            None => Err(format!("table index {index} is outside the table")),
        }
    }

    /// The stack pointer.
    pub fn stack_pointer(&self, store: impl AsContext) -> u32 {
        self.stack_pointer.get(store).i32().expect("an i32") as u32
    }
}

/// A running module, and those added to it; `T` is what its host functions see.
pub struct Machine<T: 'static> {
    store: Store<T>,
    instance: Instance,
    shared: Shared,
    stack_top: u32,
    arena: u32,
    arena_size: u32,
}

impl<T: 'static> Machine<T> {
    /// Instantiates a module linked by [`Toolchain::link`](super::toolchain::Toolchain::link) with the support
    /// runtime; `define` supplies its imports.
    pub fn new(wasm: &[u8], data: T, define: impl FnOnce(&mut Linker<T>)) -> Result<Machine<T>, String> {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm).map_err(|error| format!("the module does not validate: {error}"))?;
        let mut store = Store::new(&engine, data);
        let mut linker = Linker::new(&engine);
        define(&mut linker);
        let instance = linker
            .instantiate_and_start(&mut store, &module)
            .map_err(|error| format!("the module does not instantiate: {error}"))?;
        let memory = instance.get_memory(&store, "memory").ok_or("no exported memory")?;
        let table = instance.get_table(&store, "__indirect_function_table").ok_or("no exported table")?;
        let stack_pointer = instance.get_global(&store, "__stack_pointer").ok_or("no exported stack pointer")?;
        // The last page belongs to the host alone: data put at its end shows reads past that data.
        memory.grow(&mut store, 1).map_err(|error| format!("the memory does not grow: {error}"))?;
        let shared = Shared { memory, table, stack_pointer };
        let mut machine = Machine { store, instance, shared, stack_top: 0, arena: 0, arena_size: 0 };
        machine.stack_top = machine.stack_pointer();
        let room = machine.stack_top.saturating_sub(machine.global("__data_end"));
        assert!(room >= 4 * STACK_ALLOWANCE, "a stack of {room} bytes");
        assert_eq!(machine.stack_top % 16, 0, "the stack starts 16-aligned");
        machine.arena = machine.call_export("probe_arena", &[])?[0].bits as u32;
        machine.arena_size = machine.call_export("probe_arena_size", &[])?[0].bits as u32;
        Ok(machine)
    }

    /// The host's data.
    pub fn data(&mut self) -> &mut T {
        self.store.data_mut()
    }

    /// What the modules have in common.
    pub fn shared(&self) -> Shared {
        self.shared
    }

    /// Instantiates another module in the same store; `define` supplies its imports.
    pub fn instantiate(
        &mut self,
        wasm: &[u8],
        define: impl FnOnce(&mut Linker<T>, &mut Store<T>, Shared),
    ) -> Result<Instance, String> {
        let engine = self.store.engine().clone();
        let module = Module::new(&engine, wasm).map_err(|error| format!("the module does not validate: {error}"))?;
        let mut linker = Linker::new(&engine);
        define(&mut linker, &mut self.store, self.shared);
        linker
            .instantiate_and_start(&mut self.store, &module)
            .map_err(|error| format!("the module does not instantiate: {error}"))
    }

    /// The first address of that many bytes of new memory, which nobody else uses.
    pub fn reserve(&mut self, size: u32) -> u32 {
        let pages = size.div_ceil(PAGE).max(1);
        let old = self.shared.memory.grow(&mut self.store, pages.into()).expect("the memory grows");
        old as u32 * PAGE
    }

    /// The first index of that many new places of the table.
    pub fn grow_table(&mut self, count: u32) -> u32 {
        let empty = Ref::Func(Nullable::Null);
        self.shared.table.grow(&mut self.store, count.into(), empty).expect("the table is growable") as u32
    }

    /// First address of the memory the host may use; 16-aligned.
    pub fn arena(&self) -> u32 {
        self.arena
    }

    /// Size of that memory in bytes.
    pub fn arena_size(&self) -> u32 {
        self.arena_size
    }

    /// Size of the whole memory in bytes.
    pub fn memory_size(&self) -> u32 {
        self.shared.memory.data_size(&self.store) as u32
    }

    /// A copy of the whole memory.
    pub fn snapshot(&self) -> Vec<u8> {
        self.shared.memory.data(&self.store).to_vec()
    }

    /// The bytes at an address, or why there are none.
    pub fn read(&self, address: u32, count: u32) -> Result<&[u8], String> {
        let start = address as usize;
        let bytes = self.shared.memory.data(&self.store).get(start..start + count as usize);
        bytes.ok_or_else(|| format!("{count} bytes at {address:#x} are outside the memory"))
    }

    /// The 32-bit word at an address.
    pub fn read_u32(&self, address: u32) -> Result<u32, String> {
        let bytes = self.read(address, 4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// The NUL-terminated UTF-8 string at an address.
    pub fn read_string(&self, address: u32) -> Result<String, String> {
        let memory = self.shared.memory.data(&self.store);
        c_string(memory, address)
    }

    /// Writes bytes.
    pub fn write(&mut self, address: u32, bytes: &[u8]) {
        let start = address as usize;
        self.shared.memory.data_mut(&mut self.store)[start..start + bytes.len()].copy_from_slice(bytes);
    }

    /// Puts a function at a new table index.
    pub fn add_function(&mut self, make: impl FnOnce(&mut Store<T>) -> Func) -> u32 {
        let func = make(&mut self.store);
        let init = Ref::Func(Nullable::Val(func));
        self.shared.table.grow(&mut self.store, 1, init).expect("the table is growable") as u32
    }

    /// The function at a table index.
    pub fn function(&self, index: u32) -> Result<Func, String> {
        self.shared.function(&self.store, index)
    }

    /// The wasm type of the function at a table index.
    pub fn function_type(&self, index: u32) -> Result<wasmi::FuncType, String> {
        Ok(self.function(index)?.ty(&self.store))
    }

    /// Calls the function at a table index on a fresh stack; its arguments must have its exact types.
    ///
    /// The error is the trap. The stack pointer must come back.
    pub fn call(&mut self, index: u32, arguments: &[Bits]) -> Result<Vec<Bits>, String> {
        let func = self.function(index)?;
        self.call_func(func, arguments)
    }

    /// Calls an exported function the same way.
    pub fn call_export(&mut self, name: &str, arguments: &[Bits]) -> Result<Vec<Bits>, String> {
        let func = self.instance.get_func(&self.store, name).ok_or_else(|| format!("`{name}` is not exported"))?;
        self.call_func(func, arguments)
    }

    /// Calls a function that an added module exports the same way.
    pub fn call_instance(&mut self, of: Instance, name: &str, arguments: &[Bits]) -> Result<Vec<Bits>, String> {
        let func = of.get_func(&self.store, name).ok_or_else(|| format!("`{name}` is not exported"))?;
        self.call_func(func, arguments)
    }

    /// The wasm type of an exported function.
    pub fn export_type(&self, name: &str) -> Result<wasmi::FuncType, String> {
        let func = self.instance.get_func(&self.store, name).ok_or_else(|| format!("`{name}` is not exported"))?;
        Ok(func.ty(&self.store))
    }

    fn call_func(&mut self, func: Func, arguments: &[Bits]) -> Result<Vec<Bits>, String> {
        // A trap leaves the pointer where it was.
        let reset = Val::I32(self.stack_top as i32);
        self.shared.stack_pointer.set(&mut self.store, reset).expect("a mutable i32");
        let arguments: Vec<Val> = arguments.iter().map(|bits| bits.val()).collect();
        let results = func.ty(&self.store).results().to_vec();
        let mut results: Vec<Val> = results.into_iter().map(Val::default_for_ty).collect();
        func.call(&mut self.store, &arguments, &mut results).map_err(|error| format!("trap: {error}"))?;
        let now = self.stack_pointer();
        if self.stack_top != 0 && now != self.stack_top {
            return Err(format!("the stack pointer is {now:#x} afterwards, was {:#x}", self.stack_top));
        }
        Ok(results.iter().map(Bits::of).collect())
    }

    /// The stack pointer before every call.
    pub fn stack_top(&self) -> u32 {
        self.stack_top
    }

    /// The first byte where the memory is not `expected`, the stack below the stack pointer left out.
    pub fn first_difference(&self, expected: &[u8]) -> Option<String> {
        self.difference(self.shared.memory.data(&self.store), expected)
    }

    /// The same for two copies of the memory.
    pub fn difference(&self, actual: &[u8], expected: &[u8]) -> Option<String> {
        if actual.len() != expected.len() {
            return Some(format!("the memory has grown from {} to {} bytes", expected.len(), actual.len()));
        }
        let (low, high) = ((self.stack_top - STACK_ALLOWANCE) as usize, self.stack_top as usize);
        for range in [0..low, high..actual.len()] {
            let Some(at) = position_of_difference(&actual[range.clone()], &expected[range.clone()]) else { continue };
            let at = range.start + at;
            let from_arena = i64::from(at as u32) - i64::from(self.arena);
            return Some(format!(
                "byte at {at:#x} (arena {from_arena:+}) is {:#04x}, expected {:#04x}",
                actual[at], expected[at]
            ));
        }
        None
    }

    fn stack_pointer(&self) -> u32 {
        self.shared.stack_pointer(&self.store)
    }

    fn global(&self, name: &str) -> u32 {
        let global = self.instance.get_global(&self.store, name).unwrap_or_else(|| panic!("`{name}` is not exported"));
        global.get(&self.store).i32().expect("an i32") as u32
    }
}

/// The first place where two byte strings of one length differ. Suites compare whole memories, most of them equal.
pub fn position_of_difference(left: &[u8], right: &[u8]) -> Option<usize> {
    assert_eq!(left.len(), right.len());
    if left == right { None } else { left.iter().zip(right).position(|(left, right)| left != right) }
}

/// The NUL-terminated UTF-8 string at an address of a memory.
pub fn c_string(memory: &[u8], address: u32) -> Result<String, String> {
    let bytes =
        memory.get(address as usize..).ok_or_else(|| format!("a string at {address:#x}, outside the memory"))?;
    let length = bytes.iter().position(|&byte| byte == 0).ok_or("a string without an end")?;
    String::from_utf8(bytes[..length].to_vec()).map_err(|_| format!("the string at {address:#x} is not UTF-8"))
}

/// The memory of the module a host function was called from.
pub fn caller_memory<T>(caller: &Caller<'_, T>) -> Memory {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => memory,
        _ => panic!("the module exports its memory"),
    }
}

/// The stack pointer at the time a host function is called.
pub fn caller_stack_pointer<T>(caller: &Caller<'_, T>) -> u32 {
    match caller.get_export("__stack_pointer") {
        Some(Extern::Global(global)) => global.get(caller).i32().expect("an i32") as u32,
        _ => panic!("the module exports its stack pointer"),
    }
}
