//! Asks everything of a file that the tool could ask: every cell, every signature, every attribute, every body, every
//! layout, and the whole collection.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use clr_metadata::columns::{
    constant, event_map, field, member_ref, method_def, method_spec, property, property_map, stand_alone_sig, type_def,
    type_spec,
};
use clr_metadata::il::Operand;
use clr_metadata::{Any, Blob, Column, Module, Primitive, ReadError, TableId, Token};
use clr_wasm_abi::types::{AssemblyId, Definition, Input, Named, Role, Type, TypeArguments, TypeDefId, TypeSystem};
use clr_wasm_abi::{LayoutEngine, LayoutTarget, TargetOs};
use thunkgen_core::collect::{Options, collect};
use thunkgen_core::emit::{self, Contract};
use thunkgen_diagnostics::Diagnostics;
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_native::stubs::{self, Language};

use super::schema;

/// What a walk met, to see that it was no short one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Cells that were read.
    pub cells: u64,
    /// Signatures that were decoded.
    pub signatures: u64,
    /// Attributes whose arguments were decoded.
    pub attributes: u64,
    /// Instructions.
    pub instructions: u64,
    /// Value types that have a layout.
    pub layouts: u64,
    /// Anything that could not be read.
    pub errors: u64,
    /// Not even opened.
    pub refused: u64,
    /// Taken for a file that is not managed.
    pub skipped: u64,
    /// Opened and collected without an error.
    pub collected: u64,
    /// Bytes of the longest text of stubs that was made at once.
    pub stubs: usize,
    /// Keeps the errors' texts.
    keep: bool,
    /// Those texts.
    kept: Vec<String>,
}

impl Walked {
    /// Adds what another walk met.
    pub fn add(&mut self, other: &Walked) {
        self.cells += other.cells;
        self.signatures += other.signatures;
        self.attributes += other.attributes;
        self.instructions += other.instructions;
        self.layouts += other.layouts;
        self.errors += other.errors;
        self.refused += other.refused;
        self.skipped += other.skipped;
        self.collected += other.collected;
        self.stubs = self.stubs.max(other.stubs);
    }

    fn note<T>(&mut self, result: Result<T, impl std::fmt::Display>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.errors += 1;
                // Names in it are raw: diagnostics make them harmless.
                let text = error.to_string();
                if self.keep {
                    self.kept.push(text);
                }
                None
            }
        }
    }
}

/// Walks `bytes`, resolved against `references`.
///
/// Panics when a message is no clean line; anything else that panics is what the caller looks for.
pub fn walk(bytes: &[u8], references: &[(&str, &[u8])]) -> Walked {
    let mut walked = Walked::default();
    match clr_metadata::open(bytes) {
        Ok(Some(module)) => {
            tables(&module, &mut walked);
            lists(&module, &mut walked);
            signatures(&module, &mut walked);
            bodies(&module, &mut walked);
        }
        Ok(None) => walked.skipped = 1,
        Err(error) => {
            assert_clean(&error.to_string());
            walked.refused = 1;
        }
    }
    let mut inputs = vec![Input { path: INPUT, bytes, role: Role::Input }];
    inputs.extend(references.iter().map(|&(path, bytes)| Input { path, bytes, role: Role::Reference }));
    let mut diagnostics = Diagnostics::default();
    let type_system = TypeSystem::load(&inputs, &mut diagnostics);
    if let Some(index) = type_system.assemblies().find(|(_, assembly)| assembly.path == INPUT).map(|(id, _)| id) {
        attributes(&type_system, index, &mut walked);
        layouts(&type_system, index, &mut walked);
    }
    collection(&type_system, diagnostics, &mut walked);
    walked
}

const INPUT: &str = "damaged.dll";

/// What cannot be read in a file that is thought to be whole.
pub fn read_errors(bytes: &[u8], references: &[(&str, &[u8])]) -> Vec<String> {
    let mut walked = Walked { keep: true, ..Walked::default() };
    match clr_metadata::open(bytes) {
        Ok(Some(module)) => {
            tables(&module, &mut walked);
            lists(&module, &mut walked);
            signatures(&module, &mut walked);
            bodies(&module, &mut walked);
        }
        Ok(None) => {}
        Err(error) => walked.kept.push(error.to_string()),
    }
    let mut inputs = vec![Input { path: INPUT, bytes, role: Role::Input }];
    inputs.extend(references.iter().map(|&(path, bytes)| Input { path, bytes, role: Role::Reference }));
    let type_system = TypeSystem::load(&inputs, &mut Diagnostics::default());
    if let Some(index) = type_system.assemblies().find(|(_, assembly)| assembly.path == INPUT).map(|(id, _)| id) {
        attributes(&type_system, index, &mut walked);
    }
    walked.kept
}

fn assert_clean(line: &str) {
    assert!(!line.chars().any(char::is_control), "a message with control characters: {line:?}");
}

fn tables(module: &Module<'_>, walked: &mut Walked) {
    for (number, columns) in schema::COLUMNS.iter().enumerate() {
        let table = schema::table(number);
        for row in module.tables.all(table) {
            for (column, word) in columns.split(' ').enumerate() {
                walked.cells += 1;
                let Some(value) = walked.note(module.tables.cell(table.column::<Any>(column).expect("a column"), row))
                else {
                    continue;
                };
                match word.as_bytes()[0] {
                    b's' => drop(walked.note(module.heaps.string(value))),
                    b'b' => drop(walked.note(module.heaps.blob(value))),
                    b'g' => drop(walked.note(module.heaps.guid(value))),
                    b'/' => drop(walked.note(module.coded(table.column(column).expect("a coded index"), row))),
                    _ => {}
                }
            }
        }
    }
}

fn lists(module: &Module<'_>, walked: &mut Walked) {
    let lists = [
        (TableId::TypeDef, type_def::FIELD_LIST),
        (TableId::TypeDef, type_def::METHOD_LIST),
        (TableId::MethodDef, method_def::PARAM_LIST),
        (TableId::EventMap, event_map::EVENT_LIST),
        (TableId::PropertyMap, property_map::PROPERTY_LIST),
    ];
    for (owner, column) in lists {
        for row in module.tables.all(owner) {
            walked.note(module.owned(column, row));
        }
    }
    walked.note(module.owners(type_def::METHOD_LIST));
    walked.note(module.owners(type_def::FIELD_LIST));
}

type DecodeBlob = fn(&clr_metadata::Heaps<'_>, u32) -> Result<(), ReadError>;

/// Every column of signatures.
const SIGNATURES: [(TableId, Column<Blob>, DecodeBlob); 8] = [
    (TableId::Field, field::SIGNATURE, |heaps, blob| clr_metadata::decode_field(heaps, blob).map(drop)),
    (TableId::MethodDef, method_def::SIGNATURE, |heaps, blob| clr_metadata::decode_method(heaps, blob).map(drop)),
    (TableId::MemberRef, member_ref::SIGNATURE, |heaps, blob| match heaps.blob(blob)?.first() {
        Some(0x06) => clr_metadata::decode_field(heaps, blob).map(drop),
        _ => clr_metadata::decode_method(heaps, blob).map(drop),
    }),
    (TableId::StandAloneSig, stand_alone_sig::SIGNATURE, |heaps, blob| {
        clr_metadata::decode_stand_alone(heaps, blob).map(drop)
    }),
    (TableId::Property, property::TYPE, |heaps, blob| clr_metadata::decode_property(heaps, blob).map(drop)),
    (TableId::TypeSpec, type_spec::SIGNATURE, |heaps, blob| clr_metadata::decode_type_spec(heaps, blob).map(drop)),
    (TableId::MethodSpec, method_spec::INSTANTIATION, |heaps, blob| {
        clr_metadata::decode_method_spec(heaps, blob).map(drop)
    }),
    // Any blob may be taken for a signature of any kind.
    (TableId::Constant, constant::VALUE, |heaps, blob| clr_metadata::decode_type_spec(heaps, blob).map(drop)),
];

fn signatures(module: &Module<'_>, walked: &mut Walked) {
    let whole = walked.keep;
    for (table, column, decode) in SIGNATURES.into_iter().filter(|row| !whole || row.0 != TableId::Constant) {
        for row in module.tables.all(table) {
            walked.signatures += 1;
            let decoded = module.tables.cell(column, row).and_then(|blob| decode(&module.heaps, blob));
            walked.note(decoded);
        }
    }
}

fn bodies(module: &Module<'_>, walked: &mut Walked) {
    for row in module.tables.all(TableId::MethodDef) {
        let Some(Some(body)) = walked.note(module.method_body(row)) else { continue };
        for instruction in body.instructions() {
            walked.instructions += 1;
            let Some(instruction) = walked.note(instruction) else { break };
            if let (0x72, Operand::Token(token)) = (instruction.opcode, instruction.operand) {
                walked.note(module.heaps.user_string(token & 0x00FF_FFFF));
            }
        }
    }
}

fn attributes(type_system: &TypeSystem<'_>, index: AssemblyId, walked: &mut Walked) {
    let module = &type_system[index].module;
    walked.note(type_system.all_attributes(index));
    for row in module.tables.all(TableId::CustomAttribute) {
        walked.attributes += 1;
        walked.note(type_system.attribute_arguments(index, row));
    }
}

fn layouts(type_system: &TypeSystem<'_>, index: AssemblyId, walked: &mut Walked) {
    let module = &type_system[index].module;
    let layouts = LayoutEngine::new(type_system, LayoutTarget::WASM32, BTreeMap::new());
    for row in module.tables.all(TableId::TypeDef) {
        let id = TypeDefId { assembly: index, row };
        let Some(info) = walked.note(type_system.type_info(id)) else { continue };
        // A damaged count may claim any number of parameters.
        let count = info.generic_params.min(1000) as usize;
        let arguments: Rc<[Type]> = vec![Type::Primitive(Primitive::I4); count].into();
        let named = Named { definition: Definition::Resolved(id), arguments };
        if walked.note(layouts.of(&named)).is_some() {
            walked.layouts += 1;
        }
        walked.note(layouts.lower(&Type::Value(named)));
    }
    for row in module.tables.all(TableId::TypeSpec) {
        let blob = module.tables.cell(type_spec::SIGNATURE, row);
        let Ok(sig) = blob.and_then(|blob| clr_metadata::decode_type_spec(&module.heaps, blob)) else { continue };
        if let Some(ty) = walked.note(type_system.instantiate(
            index,
            Token::new(TableId::TypeSpec, row),
            &sig,
            TypeArguments::default(),
        )) {
            walked.note(layouts.lower(&ty));
        }
    }
}

fn collection(type_system: &TypeSystem<'_>, mut diagnostics: Diagnostics, walked: &mut Walked) {
    for target_os in TargetOs::ALL {
        let modules = BTreeSet::from(["*".into()]);
        let options = Options { modules, declarations: true, ..Options::new(target_os) };
        let ir = collect(type_system, &options, &mut diagnostics);
        if !diagnostics.has_errors() {
            walked.collected = 1;
            emit::render(&ir, &emit::Options { contract: Contract::default(), target_os });
            // Every text that became tokens is kept until its thread ends, which a process that writes once does not mind.
            proc_macro2::extra::invalidate_current_thread_spans();
            for language in Language::ALL {
                let files = stubs::render(
                    ir.declarations.clone(),
                    &Documentation::default(),
                    &stubs::Options { language, target_os },
                );
                walked.stubs = walked.stubs.max(files.values().map(String::len).sum());
            }
        }
    }
    for diagnostic in diagnostics.into_sorted() {
        let line = diagnostic.to_string();
        assert_clean(&line);
        assert!(line.chars().count() <= 400, "a diagnostic of more than 400 characters: {line}");
    }
}
