//! Reads what clang put into an object.

use std::collections::HashMap;

use wasmparser::{FuncType, KnownCustom, Linking, Parser, Payload, SymbolInfo, ValType};

use super::facts::{Facts, WasmType};
use super::shape::Unit;
use super::write_c::TABLE;
use crate::wasm::keys::Ty;

/// The facts of each struct of a unit, from the object its C was compiled to.
pub fn read(object: &[u8], unit: &Unit) -> Vec<Facts> {
    let object = Object::parse(object);
    let mut words = object.table.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().expect("4 bytes")));
    let mut next = || words.next().expect("the table holds all structs");
    let mut facts = Vec::new();
    for (index, made) in unit.structs.iter().enumerate() {
        assert_eq!(next(), index as u32, "the table is out of step");
        facts.push(Facts {
            size: next(),
            align: next(),
            offsets: made.fields.iter().map(|_| next()).collect(),
            param: object.functions[&format!("p{index}")].clone(),
            ret: object.functions[&format!("r{index}")].clone(),
        });
    }
    assert!(words.next().is_none(), "the table holds more than the structs");
    facts
}

/// The named parts of an object.
#[derive(Default)]
struct Object {
    table: Vec<u8>,
    functions: HashMap<String, WasmType>,
}

impl Object {
    fn parse(bytes: &[u8]) -> Object {
        let (mut types, mut functions, mut segments) = (Vec::new(), Vec::new(), Vec::new());
        let mut object = Object::default();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload.expect("a valid object") {
                Payload::TypeSection(section) => {
                    let section = section.into_iter_err_on_gc_types();
                    types.extend(section.map(|ty| wasm_type(&ty.expect("a function type"))));
                }
                Payload::ImportSection(imports) => {
                    for import in imports {
                        let ty = import.expect("an import").ty;
                        assert!(!matches!(ty, wasmparser::TypeRef::Func(_)), "the C imports nothing");
                    }
                }
                Payload::FunctionSection(section) => {
                    functions.extend(section.into_iter().map(|ty| ty.expect("a type index") as usize));
                }
                Payload::DataSection(section) => {
                    segments.extend(section.into_iter().map(|segment| segment.expect("a data segment").data));
                }
                // The last of the sections that matter: it names what the others hold.
                Payload::CustomSection(section) => {
                    let KnownCustom::Linking(linking) = section.as_known() else { continue };
                    for part in linking {
                        let Linking::SymbolTable(symbols) = part.expect("a linking subsection") else { continue };
                        for symbol in symbols {
                            match symbol.expect("a symbol") {
                                SymbolInfo::Func { index, name: Some(name), .. } => {
                                    let ty = types[functions[index as usize]].clone();
                                    object.functions.insert(name.to_owned(), ty);
                                }
                                SymbolInfo::Data { name, symbol: Some(data), .. } if name == TABLE => {
                                    let start = data.offset as usize;
                                    let segment: &[u8] = segments[data.index as usize];
                                    object.table = segment[start..start + data.size as usize].to_vec();
                                }
                                _ => {}
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        object
    }
}

fn wasm_type(ty: &FuncType) -> WasmType {
    let known = |ty: &ValType| match ty {
        ValType::I32 => Ty::I32,
        ValType::I64 => Ty::I64,
        ValType::F32 => Ty::F32,
        ValType::F64 => Ty::F64,
        ValType::V128 => Ty::V128,
        ValType::Ref(_) => panic!("no struct is passed as a reference"),
    };
    WasmType { params: ty.params().iter().map(known).collect(), results: ty.results().iter().map(known).collect() }
}
