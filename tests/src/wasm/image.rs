//! Loads an image of thunks the way a runtime and its host do: wrapper version 1, a Webcil payload, the eager fixups of
//! a ReadyToRun header. Everything but the sizes is read from memory, where the module has put it.
//!
//! The host reserves 16-aligned memory of `payloadSize` bytes and grows the table by `tableSize`; both are in the first
//! data segment of the module's bytes. It instantiates the module with the two bases, and calls `getWebcilPayload` and
//! `fillWebcilTable`.
//! The runtime then looks at the cells that must be filled before anything in the image runs.

use wasmi::{Extern, Global, Instance, Mutability, Val};
use wasmparser::{Parser, Payload};

use super::engine::Machine;
use super::patterns::Bits;

/// `READYTORUN_FIXUP_Helper`, followed by a compressed number.
const FIXUP_HELPER: u8 = 0x1A;
/// `READYTORUN_FIXUP_Check_InstructionSetSupport`: the engine has what it asks for.
const FIXUP_CHECK_INSTRUCTION_SETS: u8 = 0x30;
/// `READYTORUN_FIXUP_InjectStringThunks`.
const FIXUP_INJECT_STRING_THUNKS: u8 = 0x39;
/// `READYTORUN_HELPER_R2RToInterpreter`.
const HELPER_R2R_TO_INTERPRETER: u32 = 0x118;
/// `READYTORUN_SECTION_IMPORT_SECTIONS`.
const SECTION_IMPORT_SECTIONS: u32 = 101;

/// An image in memory.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// The module.
    pub instance: Instance,
    /// Address of the payload.
    pub base: u32,
    /// Size of the payload in bytes.
    pub size: u32,
    /// First of its places in the table.
    pub table_base: u32,
    /// How many.
    pub table_size: u32,
}

/// A cell that the runtime fills when it loads the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EagerImport {
    /// Address of the cell.
    pub cell: u32,
    /// Address of the bytes that tell what belongs there.
    pub fixup: u32,
}

/// What the host does.
pub fn load<T>(machine: &mut Machine<T>, wasm: &[u8]) -> Result<Image, String> {
    let (size, table_size) = sizes(wasm)?;
    // 16-aligned, and at no rounder address than that.
    let base = machine.reserve(size + 16) + 16;
    let table_base = machine.grow_table(table_size);
    let instance = machine.instantiate(wasm, |linker, store, shared| {
        let mut i32_global =
            |value: u32, mutability| Global::new(&mut *store, Val::I32(value.cast_signed()), mutability);
        // As .NET 11.0 and 12.0 call them.
        let items = [
            (["imageBase", "__memory_base"], Extern::from(i32_global(base, Mutability::Const))),
            (["tableBase", "__table_base"], Extern::from(i32_global(table_base, Mutability::Const))),
            (["asyncContinuation", "__async_continuation"], Extern::from(i32_global(0, Mutability::Var))),
            (["stackPointer", "__stack_pointer"], Extern::from(shared.stack_pointer)),
            (["table", "__indirect_function_table"], Extern::from(shared.table)),
        ];
        for (names, item) in items {
            for name in names {
                linker.define("webcil", name, item).expect("a new name");
            }
        }
        linker.define("webcil", "memory", shared.memory).expect("a new name");
    })?;
    machine.call_instance(instance, "getWebcilPayload", &[Bits::i32(base), Bits::i32(size)])?;
    machine.call_instance(instance, "fillWebcilTable", &[])?;
    Ok(Image { instance, base, size, table_base, table_size })
}

/// `payloadSize` and `tableSize`: the first data segment, a passive one.
fn sizes(wasm: &[u8]) -> Result<(u32, u32), String> {
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::DataSection(section) = payload.map_err(|error| error.to_string())? {
            let first = section.into_iter().next().ok_or("no data segment")?.map_err(|error| error.to_string())?;
            let word = |at: usize| first.data.get(at..at + 4).map(|word| u32::from_le_bytes(word.try_into().unwrap()));
            return word(0).zip(word(4)).ok_or_else(|| format!("a first data segment of {} bytes", first.data.len()));
        }
    }
    Err("no data section".to_owned())
}

impl Image {
    /// The cells of the import sections that are eager.
    pub fn eager_imports<T>(&self, machine: &Machine<T>) -> Result<Vec<EagerImport>, String> {
        let read_to_run = self.managed_native_header(machine)?;
        let mut imports = Vec::new();
        for index in 0..machine.read_u32(read_to_run + 12)? {
            let section = read_to_run + 16 + 12 * index;
            if machine.read_u32(section)? != SECTION_IMPORT_SECTIONS {
                continue;
            }
            let (at, size) = (machine.read_u32(section + 4)?, machine.read_u32(section + 8)?);
            for entry in (0..size).step_by(20) {
                let entry = self.address(machine, at + entry)?;
                let (cells, size) = (machine.read_u32(entry)?, machine.read_u32(entry + 4)?);
                let &[flags, _, _, cell_size] = machine.read(entry + 8, 4)? else { unreachable!("4 bytes") };
                let signatures = machine.read_u32(entry + 12)?;
                if flags & 1 == 0 {
                    continue;
                }
                for index in 0..size / u32::from(cell_size) {
                    let fixup = machine.read_u32(self.address(machine, signatures + 4 * index)?)?;
                    let cell = self.address(machine, cells + u32::from(cell_size) * index)?;
                    imports.push(EagerImport { cell, fixup: self.address(machine, fixup)? });
                }
            }
        }
        Ok(imports)
    }

    /// What the runtime does when it loads the image: `helper`, a table index, is put into the cell that asks for it;
    /// the thunks are returned in the order of the image, with their table indices.
    pub fn resolve<T>(&self, machine: &mut Machine<T>, helper: u32) -> Result<Vec<(String, u32)>, String> {
        let mut thunks = Vec::new();
        for EagerImport { cell, fixup } in self.eager_imports(machine)? {
            match machine.read(fixup, 3)? {
                [FIXUP_CHECK_INSTRUCTION_SETS, ..] => {}
                [FIXUP_INJECT_STRING_THUNKS, ..] => thunks.extend(self.string_thunks(machine, fixup)?),
                &[FIXUP_HELPER, high, low] if compressed(high, low) == HELPER_R2R_TO_INTERPRETER => {
                    machine.write(cell, &helper.to_le_bytes());
                }
                other => return Err(format!("an unknown eager fixup {other:02x?}")),
            }
        }
        Ok(thunks)
    }

    /// The address of the `InjectStringThunks` fixup, which its keys follow.
    pub fn string_thunk_fixup<T>(&self, machine: &Machine<T>) -> Result<u32, String> {
        let mut fixups = self.eager_imports(machine)?.into_iter().map(|import| import.fixup);
        let is_blob = |fixup: &u32| machine.read(*fixup, 1) == Ok(&[FIXUP_INJECT_STRING_THUNKS]);
        fixups.find(is_blob).ok_or_else(|| "no InjectStringThunks fixup".to_owned())
    }

    fn string_thunks<T>(&self, machine: &Machine<T>, fixup: u32) -> Result<Vec<(String, u32)>, String> {
        let table_base = machine.read_u32(self.base + 28)?;
        let mut at = fixup + 1;
        let mut thunks = Vec::new();
        loop {
            let key = machine.read_string(at)?;
            if key.is_empty() {
                return Ok(thunks);
            }
            at += key.len() as u32 + 1;
            thunks.push((key, table_base + machine.read_u32(at)?));
            at += 4;
        }
    }

    /// Address of the ReadyToRun header.
    fn managed_native_header<T>(&self, machine: &Machine<T>) -> Result<u32, String> {
        let version_1 = [b"WbIL".as_slice(), &[1, 0, 0, 0]].concat();
        if machine.read(self.base, 8)? != version_1 {
            return Err("no Webcil image of version 1".to_owned());
        }
        let cli_header = self.address(machine, machine.read_u32(self.base + 12)?)?;
        let header = self.address(machine, machine.read_u32(cli_header + 64)?)?;
        match machine.read(header, 4)? {
            b"RTR\0" => Ok(header),
            other => Err(format!("a ReadyToRun header that starts {other:02x?}")),
        }
    }

    /// The address of an RVA: image and memory have the same layout, and a section must hold it.
    fn address<T>(&self, machine: &Machine<T>, rva: u32) -> Result<u32, String> {
        let &[low, high] = machine.read(self.base + 8, 2)? else { unreachable!("2 bytes") };
        for index in 0..u32::from(u16::from_le_bytes([low, high])) {
            let section = self.base + 32 + 16 * index;
            let field = |index: u32| machine.read_u32(section + 4 * index);
            let (virtual_size, address, raw_size, raw) = (field(0)?, field(1)?, field(2)?, field(3)?);
            if address != raw || u64::from(raw) + u64::from(raw_size) > self.size.into() {
                return Err(format!("section {index} is not where it is mapped, or outside the image"));
            }
            if (address..address + virtual_size.min(raw_size)).contains(&rva) {
                return Ok(self.base + rva);
            }
        }
        Err(format!("RVA {rva:#x} is in no section"))
    }
}

/// A compressed number of two bytes (ECMA-335 II.23.2).
fn compressed(high: u8, low: u8) -> u32 {
    u32::from(high & 0x3f) << 8 | u32::from(low)
}
