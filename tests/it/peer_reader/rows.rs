//! Every kind of row as lines of text, equal to those of `tests/peer`.

use std::collections::HashMap;
use std::fmt::Write;

use clr_metadata::columns::{class_layout, field_layout, field_rva, method_def, module_ref, nested_class, type_def};
use clr_metadata::il::{MethodBody, Operand};
use clr_metadata::{Any, Column, ColumnType, Module, Number, ReadError, StandAloneSig, TableId, Token};
use clr_wasm_abi::types::{AssemblyId, TypeSystem};

use crate::reader::text::{method_text, quoted, type_text, types_text, value_text, values_text};

/// Makes the lines of an assembly of a universe.
type Make = fn(&TypeSystem<'_>, AssemblyId) -> Vec<String>;

/// Every kind, in the peer's order.
pub const KINDS: [(&str, Make); 21] = [
    ("tables", |u, i| (0..0x2D).map(|n| table_count(module(u, i), n)).collect()),
    ("TypeRef", |u, i| rows(u, i, TableId::TypeRef, type_ref)),
    ("TypeDef", |u, i| type_defs(module(u, i))),
    ("Field", |u, i| rows(u, i, TableId::Field, field)),
    ("MethodDef", |u, i| method_defs(module(u, i))),
    ("Param", |u, i| rows(u, i, TableId::Param, |r| Ok(format!("{:x} {} {}", r.cell(0)?, r.cell(1)?, r.name(2)?)))),
    ("MemberRef", |u, i| rows(u, i, TableId::MemberRef, member_ref)),
    ("Constant", |u, i| {
        rows(u, i, TableId::Constant, |r| {
            // The type is the low byte; the other is padding.
            Ok(format!("{:x} {} {}", r.cell(0)? & 0xFF, r.coded(1)?, r.hex(2)?))
        })
    }),
    ("CustomAttribute", custom_attributes),
    ("StandAloneSig", |u, i| rows(u, i, TableId::StandAloneSig, stand_alone)),
    ("Property", |u, i| {
        rows(u, i, TableId::Property, |r| {
            let sig = clr_metadata::decode_property(&r.module.heaps, r.cell(2)?)?;
            Ok(format!("{:x} {} {}", r.cell(0)?, r.name(1)?, method_text(&sig, &number)))
        })
    }),
    ("Event", |u, i| rows(u, i, TableId::Event, |r| Ok(format!("{:x} {} {}", r.cell(0)?, r.name(1)?, r.coded(2)?)))),
    ("MethodImpl", |u, i| {
        rows(u, i, TableId::MethodImpl, |r| {
            let methods = [r.coded(1)?, r.coded(2)?];
            Ok(format!("{} {}", number(Token::new(TableId::TypeDef, r.cell(0)?)), methods.join(" ")))
        })
    }),
    ("TypeSpec", |u, i| {
        rows(u, i, TableId::TypeSpec, |r| {
            Ok(type_text(&clr_metadata::decode_type_spec(&r.module.heaps, r.cell(0)?)?, &number))
        })
    }),
    ("MethodSpec", |u, i| {
        rows(u, i, TableId::MethodSpec, |r| {
            let arguments = clr_metadata::decode_method_spec(&r.module.heaps, r.cell(1)?)?;
            Ok(format!("{} {}", r.coded(0)?, types_text(&arguments, &number)))
        })
    }),
    ("ImplMap", |u, i| {
        // The peer goes by methods.
        let mut lines = rows(u, i, TableId::ImplMap, |r| {
            let module = r.module.string(module_ref::NAME, r.cell(3)?)?;
            let method = r.coded(1)?;
            Ok(format!("{method} {:x} {} {}", r.cell(0)?, r.name(2)?, quoted(module)))
        });
        lines.sort();
        lines
    }),
    ("AssemblyRef", |u, i| {
        rows(u, i, TableId::AssemblyRef, |r| {
            let version = [r.cell(0)?, r.cell(1)?, r.cell(2)?, r.cell(3)?].map(|part| part.to_string()).join(".");
            Ok(format!("{version} {:x} {} {} {}", r.cell(4)?, r.name(6)?, r.name(7)?, r.hex(5)?))
        })
    }),
    ("ExportedType", |u, i| {
        rows(u, i, TableId::ExportedType, |r| {
            let to = r.coded(4)?;
            Ok(format!("{:x} {} {} {to}", r.cell(0)?, r.name(3)?, r.name(2)?))
        })
    }),
    ("GenericParam", |u, i| generic_params(module(u, i))),
    ("InterfaceImpl", |u, i| rows(u, i, TableId::InterfaceImpl, |r| r.coded(1))),
    ("bodies", |u, i| bodies(module(u, i))),
];

fn module<'u, 'a>(type_system: &'u TypeSystem<'a>, index: AssemblyId) -> &'u Module<'a> {
    &type_system[index].module
}

/// A row that is being read.
#[derive(Clone, Copy)]
struct Row<'m, 'a> {
    module: &'m Module<'a>,
    table: TableId,
    row: u32,
}

impl Row<'_, '_> {
    fn column<T: ColumnType>(self, column: usize) -> Column<T> {
        self.table.column(column).expect("a column of this type")
    }

    fn cell(self, column: usize) -> Result<u32, ReadError> {
        self.module.tables.cell(self.column::<Any>(column), self.row)
    }

    fn name(self, column: usize) -> Result<String, ReadError> {
        self.module.string(self.column(column), self.row).map(quoted)
    }

    fn coded(self, column: usize) -> Result<String, ReadError> {
        self.module.coded(self.column(column), self.row).map(number)
    }

    fn hex(self, column: usize) -> Result<String, ReadError> {
        let bytes = self.module.heaps.blob(self.cell(column)?)?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

fn number(token: Token) -> String {
    format!("{:x}", token.to_u32())
}

fn rows(
    type_system: &TypeSystem<'_>,
    index: AssemblyId,
    table: TableId,
    line: impl Fn(Row<'_, '_>) -> Result<String, ReadError>,
) -> Vec<String> {
    let module = module(type_system, index);
    let text = |row| line(Row { module, table, row }).unwrap_or_else(|error| format!("error: {error}"));
    module.tables.all(table).map(text).collect()
}

fn table_count(module: &Module<'_>, table: u8) -> String {
    format!("{table:x} {}", module.tables.rows(TableId::from_number(table).expect("a table")))
}

fn type_ref(r: Row<'_, '_>) -> Result<String, ReadError> {
    Ok(format!("{} {} {}", r.coded(0)?, r.name(2)?, r.name(1)?))
}

fn list(rows: &[u32]) -> String {
    format!("[{}]", rows.iter().map(u32::to_string).collect::<Vec<_>>().join(","))
}

fn type_defs(module: &Module<'_>) -> Vec<String> {
    let line = |row| -> Result<String, ReadError> {
        let r = Row { module, table: TableId::TypeDef, row };
        let base = module.coded(type_def::EXTENDS, row)?;
        let base = if base.is_nil() { "nil".to_owned() } else { number(base) };
        let around = match module.find(nested_class::NESTED_CLASS, row)? {
            Some(nested) => module.tables.cell(nested_class::ENCLOSING_CLASS, nested)?,
            None => 0,
        };
        let (pack, size) = match module.find(class_layout::PARENT, row)? {
            Some(layout) => {
                let cell = |column: Column<Number>| module.tables.cell(column, layout);
                (cell(class_layout::PACKING_SIZE)?, cell(class_layout::CLASS_SIZE)?)
            }
            None => (0, 0),
        };
        let fields = list(&module.owned(type_def::FIELD_LIST, row)?);
        let methods = list(&module.owned(type_def::METHOD_LIST, row)?);
        let (namespace, name) = (r.name(2)?, r.name(1)?);
        Ok(format!("{:x} {namespace} {name} {base} {around} {pack} {size} {fields} {methods}", r.cell(0)?))
    };
    module.tables.all(TableId::TypeDef).map(|row| line(row).unwrap_or_else(|e| format!("error: {e}"))).collect()
}

fn field(r: Row<'_, '_>) -> Result<String, ReadError> {
    let sig = clr_metadata::decode_field(&r.module.heaps, r.cell(2)?)?;
    let offset = match r.module.find(field_layout::FIELD, r.row)? {
        Some(layout) => i64::from(r.module.tables.cell(field_layout::OFFSET, layout)?),
        None => -1,
    };
    let rva = match r.module.find(field_rva::FIELD, r.row)? {
        Some(data) => r.module.tables.cell(field_rva::RVA, data)?,
        None => 0,
    };
    Ok(format!("{:x} {} {} {offset} {rva:x}", r.cell(0)?, r.name(1)?, type_text(&sig, &number)))
}

fn method_defs(module: &Module<'_>) -> Vec<String> {
    let owners = module.owners(type_def::METHOD_LIST).expect("whole lists");
    let line = |row| -> Result<String, ReadError> {
        let r = Row { module, table: TableId::MethodDef, row };
        let sig = clr_metadata::decode_method(&module.heaps, r.cell(4)?)?;
        let params = module.owned(method_def::PARAM_LIST, row)?;
        let flags = format!("{:x} {:x} {:x}", r.cell(0)?, r.cell(1)?, r.cell(2)?);
        let (sig, params, owner) = (method_text(&sig, &number), list(&params), owners[row as usize - 1]);
        Ok(format!("{flags} {} {sig} {params} {owner}", r.name(3)?))
    };
    module.tables.all(TableId::MethodDef).map(|row| line(row).unwrap_or_else(|e| format!("error: {e}"))).collect()
}

fn member_ref(r: Row<'_, '_>) -> Result<String, ReadError> {
    let (heaps, blob) = (&r.module.heaps, r.cell(2)?);
    let sig = match heaps.blob(blob)?.first() {
        Some(0x06) => type_text(&clr_metadata::decode_field(heaps, blob)?, &number),
        _ => method_text(&clr_metadata::decode_method(heaps, blob)?, &number),
    };
    Ok(format!("{} {} {sig}", r.coded(0)?, r.name(1)?))
}

fn custom_attributes(type_system: &TypeSystem<'_>, index: AssemblyId) -> Vec<String> {
    rows(type_system, index, TableId::CustomAttribute, |r| {
        let arguments = type_system.attribute_arguments(index, r.row).map_err(|damaged| damaged.error)?;
        let parent = r.coded(0)?;
        let constructor = r.coded(1)?;
        let mut line = format!("{parent} {constructor} {}", values_text(&arguments.fixed));
        for argument in &arguments.named {
            let kind = if argument.is_field { "field" } else { "property" };
            write!(line, " {kind} {}={}", quoted(argument.name), value_text(&argument.value)).expect("a string");
        }
        Ok(line)
    })
}

fn stand_alone(r: Row<'_, '_>) -> Result<String, ReadError> {
    Ok(match clr_metadata::decode_stand_alone(&r.module.heaps, r.cell(0)?)? {
        StandAloneSig::Locals(sigs) => format!("locals {}", types_text(&sigs, &number)),
        StandAloneSig::Method(sig) => method_text(&sig, &number),
        StandAloneSig::Field(sig) => format!("field {}", type_text(&sig, &number)),
    })
}

fn generic_params(module: &Module<'_>) -> Vec<String> {
    let mut constraints: HashMap<u32, Vec<String>> = HashMap::new();
    for row in module.tables.all(TableId::GenericParamConstraint) {
        let r = Row { module, table: TableId::GenericParamConstraint, row };
        let of = constraints.entry(r.cell(0).expect("a cell")).or_default();
        of.push(r.coded(1).expect("a type"));
    }
    let line = |row| -> Result<String, ReadError> {
        let r = Row { module, table: TableId::GenericParam, row };
        let constraints = constraints.get(&row).map(|list| list.join(",")).unwrap_or_default();
        let owner = r.coded(2)?;
        Ok(format!("{} {:x} {owner} {} [{constraints}]", r.cell(0)?, r.cell(1)?, r.name(3)?))
    };
    module.tables.all(TableId::GenericParam).map(|row| line(row).unwrap_or_else(|e| format!("error: {e}"))).collect()
}

fn bodies(module: &Module<'_>) -> Vec<String> {
    let line = |row| match module.method_body(row) {
        Ok(body) => body.map(|body| format!("{row} {}", body_text(module, &body).unwrap_or_else(|e| e.to_string()))),
        Err(error) => Some(format!("{row} error: {error}")),
    };
    module.tables.all(TableId::MethodDef).filter_map(line).collect()
}

fn body_text(module: &Module<'_>, body: &MethodBody<'_>) -> Result<String, ReadError> {
    let (mut count, mut hash) = (0, 0xcbf2_9ce4_8422_2325u64);
    let mut add = |value: u64| hash = (hash ^ value).wrapping_mul(0x100_0000_01b3);
    for instruction in body.instructions() {
        let instruction = instruction?;
        count += 1;
        add(instruction.opcode.into());
        match instruction.operand {
            Operand::None => {}
            Operand::Int(value) => add(value as u64),
            Operand::Float(value) => add(value.to_bits()),
            Operand::Token(token) => {
                add(token.into());
                if instruction.opcode == 0x72 {
                    let units = module.heaps.user_string(token & 0x00FF_FFFF)?;
                    units.chunks_exact(2).for_each(|unit| add(u16::from_le_bytes([unit[0], unit[1]]).into()));
                }
            }
            Operand::Branch(by) => add(i64::from(by) as u64),
            Operand::Switch(by) => by.into_iter().for_each(|by| add(i64::from(by) as u64)),
        }
    }
    let init = if body.init_locals { "init" } else { "raw" };
    let mut line = format!("{} {:x} {init} {} {count} {hash:016x}", body.max_stack, body.locals, body.code_size());
    for c in &body.clauses {
        let special = if c.flags < 2 { format!("{:x}", c.class_or_filter) } else { "-".to_owned() };
        let (tried, handler) = ((c.try_offset, c.try_length), (c.handler_offset, c.handler_length));
        write!(line, " {}:{}+{}:{}+{}:{special}", c.flags, tried.0, tried.1, handler.0, handler.1).expect("a string");
    }
    Ok(line)
}
