//! Method bodies of a fixture by its source: headers, exception sections, operands.

use clr_metadata::columns::method_def;
use clr_metadata::il::{ExceptionClause, MethodBody, Operand};
use clr_metadata::{Module, TableId};
use thunkgen_tests::webcil::metadata::{Metadata, table};
use thunkgen_tests::webcil::pe;

use super::{fixture, open};

fn body<'a>(module: &Module<'a>, name: &str) -> MethodBody<'a> {
    let mut rows = module.tables.all(TableId::MethodDef);
    let row = rows.find(|row| module.string(method_def::NAME, *row) == Ok(name));
    let row = row.unwrap_or_else(|| panic!("{name}"));
    module.method_body(row).expect("a whole body").unwrap_or_else(|| panic!("{name} has no body"))
}

/// Opcodes with their operands; tokens by table only.
fn code(body: &MethodBody<'_>) -> Vec<(u16, String)> {
    let text = |operand| match operand {
        Operand::None => String::new(),
        Operand::Int(value) => value.to_string(),
        Operand::Float(value) => format!("{value:e}"),
        Operand::Token(token) => format!("{:02x}", token >> 24),
        Operand::Branch(by) => format!("{by:+}"),
        Operand::Switch(by) => format!("{by:?}"),
    };
    body.instructions().map(|instruction| instruction.expect("whole IL")).map(|i| (i.opcode, text(i.operand))).collect()
}

#[test]
fn headers() {
    let file = fixture("interop-il/InteropIl.dll");
    let module = open(&file);
    let tiny = body(&module, "Tiny");
    assert_eq!((tiny.max_stack, tiny.locals, tiny.init_locals, tiny.code_size()), (8, 0, false, 1));
    let fat = body(&module, "Fat");
    assert_eq!((fat.max_stack, fat.locals >> 24, fat.init_locals, fat.code_size()), (20, 0x11, true, 2));
    let mut rows = module.tables.all(TableId::MethodDef);
    let runtime = rows.find(|row| module.string(method_def::NAME, *row) == Ok("Runtime")).expect("a method");
    assert!(module.method_body(runtime).expect("no error").is_none());
}

#[test]
fn exception_sections() {
    let file = fixture("interop-il/InteropIl.dll");
    let module = open(&file);
    // call, leave.s | call, endfinally | leave.s | stloc.0, leave.s
    let small = body(&module, "SmallSections").clauses;
    let place = |c: &ExceptionClause| (c.flags, c.try_offset, c.try_length, c.handler_offset, c.handler_length);
    assert_eq!(small.iter().map(place).collect::<Vec<_>>(), [(2, 0, 7, 7, 6), (0, 0, 15, 15, 3)]);
    assert_eq!(small[1].class_or_filter >> 24, 0x01);
    // call, leave.s | pop, ldc.i4.1, endfilter | pop, leave.s || call, leave.s | call, endfinally
    let filter = body(&module, "FilterAndFault").clauses;
    assert_eq!(filter.iter().map(place).collect::<Vec<_>>(), [(1, 0, 7, 11, 3), (4, 14, 7, 21, 6)]);
    assert_eq!(filter[0].class_or_filter, 7);
    // 48 times ldstr, pop; leave
    let fat = body(&module, "FatSection__ilf").clauses;
    assert_eq!(fat.iter().map(place).collect::<Vec<_>>(), [(0, 0, 48 * 6 + 5, 48 * 6 + 5, 6)]);
}

#[test]
fn switches_and_operands() {
    let file = fixture("interop-il/InteropIl.dll");
    let module = open(&file);
    let switch = code(&body(&module, "Switch"));
    assert_eq!(switch[1], (0x45, "[2, 4, 6, 2]".to_owned()));
    assert_eq!(code(&body(&module, "EmptySwitch"))[1], (0x45, "[]".to_owned()));
    let numbers = code(&body(&module, "LooksLikeCalli"));
    let opcodes: Vec<u16> = numbers.iter().map(|(opcode, _)| *opcode).collect();
    assert_eq!(opcodes, [0x1F, 0x26, 0x20, 0x26, 0x22, 0x26, 0x23, 0x26, 0x21, 0x2A]);
    let operands: Vec<&str> = numbers.iter().map(|(_, operand)| operand.as_str()).filter(|o| !o.is_empty()).collect();
    let float = format!("{:e}", f64::from(f32::from_bits(0x2929_2929)));
    let double = format!("{:e}", f64::from_bits(0x2929_2929_2929_2929));
    assert_eq!(operands, ["41", "690563369", &float, &double, "2965947086361143593"]);
    let prefixes: Vec<u16> = code(&body(&module, "Prefixes")).iter().map(|i| i.0).filter(|o| *o > 0xFF).collect();
    assert_eq!(prefixes, [0xFE13, 0xFE12, 0xFE12, 0xFE13, 0xFE16, 0xFE1E, 0xFE13, 0xFE14]);
    let operands = code(&body(&module, "Operands"));
    let tokens: Vec<(u16, &str)> = operands
        .iter()
        .map(|(o, t)| (*o, t.as_str()))
        .filter(|(o, _)| matches!(o, 0xD0 | 0xFE06..=0xFE07 | 0xFE15 | 0xFE1C))
        .collect();
    assert_eq!(tokens, [(0xFE15, "02"), (0xD0, "02"), (0xD0, "04"), (0xFE06, "06"), (0xFE07, "0a"), (0xFE1C, "02")]);
}

/// The body at the start of a section, before the metadata of its only method.
fn made(code: &[u8]) -> Result<String, String> {
    let mut module = Metadata::assembly("Body");
    let name = module.string("M");
    module.row(table::METHOD_DEF, &[pe::RVA + pe::CLI_SIZE, 0, 0x10, name, 0, 1]);
    let file = pe::write(&module.write(), code, false);
    let start = file.len() - (file.len() - 0x400) + pe::CLI_SIZE as usize;
    let at = |error: clr_metadata::ReadError| {
        assert_eq!(error.place.to_string(), "table MethodDef row 1");
        format!("{}: {}", error.offset as i64 - start as i64, error.reason)
    };
    let body = open(&file).method_body(1).map_err(at)?.expect("a body");
    let mut texts = vec![format!("{:?}", body.clauses.len())];
    for instruction in body.instructions() {
        let instruction = instruction.map_err(at)?;
        texts.push(format!("{:x}@{}", instruction.opcode, instruction.offset));
    }
    Ok(texts.join(" "))
}

#[test]
fn bodies_by_hand() {
    let fat = |flags: u16, code: &[u8]| {
        let mut out = (flags | 0x3003).to_le_bytes().to_vec();
        out.extend([8, 0]);
        out.extend((code.len() as u32).to_le_bytes());
        out.extend([0; 4]);
        out.extend(code);
        out
    };
    let ok = |text: &str| Ok(text.to_owned());
    let error = |text: &str| Err(text.to_owned());
    assert_eq!(made(&[0x02]), ok("0"));
    assert_eq!(made(&[0x0A, 0x00, 0x2A]), ok("0 0@0 2a@1"));
    assert_eq!(made(&fat(0, &[0xFE, 0x01, 0x2A])), ok("0 fe01@0 2a@2"));
    assert_eq!(made(&[0x06, 0xA6]), error("2: IL opcode expected"));
    assert_eq!(made(&[0x0A, 0xFE, 0x08]), error("3: IL opcode expected"));
    assert_eq!(made(&[0x0A, 0x20, 0x01]), error("2: more bytes expected"));
    assert_eq!(made(&fat(0, &[0x45, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])), error("21: more bytes expected"));
    assert_eq!(made(&[0x01]), error("0: tiny or fat method header expected"));
    assert_eq!(made(&[0x03, 0x40, 8, 0]), error("0: fat method header of three words expected"));
    // Two small sections, a fat one between: one clause each. The size of a small one may leave the header out.
    let clause = [0u8; 12];
    let mut sections = fat(8, &[0x2A; 4]);
    sections.extend([0x81, 16, 0, 0]);
    sections.extend(clause);
    sections.extend([0xC1, 28, 0, 0]);
    sections.extend([0; 24]);
    sections.extend([0x01, 16, 0, 0]);
    sections.extend(clause);
    assert_eq!(made(&sections), ok("3 2a@0 2a@1 2a@2 2a@3"));
    // A section of a kind this reader does not know is passed over; one without size ends.
    let mut unknown = fat(8, &[0x2A; 4]);
    unknown.extend([0x82, 8, 0, 0, 9, 9, 9, 9, 0x01, 0, 0, 0]);
    assert_eq!(made(&unknown), ok("0 2a@0 2a@1 2a@2 2a@3"));
}
