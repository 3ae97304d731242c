//! Images in the engine of Node.js, whose host has the imports of the runtime's: they load at places of its choice, and
//! every thunk that is called through the table has the effect that its key demands. The image that crossgen2 wrote loads
//! in the same host.

use std::process::Command;

use thunkgen_core::RuntimeVersion;
use thunkgen_core::runtime_version::ImageFormat;
use thunkgen_r2r::emit::{Identity, Thunk, image, thunk};
use thunkgen_r2r::ready_to_run::{self, Payload, R2R_TO_INTERPRETER};
use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::wasm::arg_iterator::{self, What};
use thunkgen_tests::wasm::keys::{Param, Ret, Shape, Ty};
use wasm_encoder::{
    EntityType, ExportKind, ExportSection, FunctionSection, ImportSection, Module, TypeSection, ValType,
};

/// The program of Node.js 24: in the directory that `THUNKGEN_NODE` names.
fn node() -> Command {
    let directory = std::env::var_os("THUNKGEN_NODE").map(std::path::PathBuf::from);
    let directory = directory.expect("THUNKGEN_NODE is not set: run `tests/tools/node.sh DEST` and set it to DEST");
    Command::new(directory.join("node"))
}

/// The keys of the compiler's thunks.
fn keys() -> Vec<String> {
    let text = crate_file("fixtures/crossgen2-11.0.0/thunk-bodies.tsv");
    text.lines().map(|line| line.split('\t').next().expect("a key").to_owned()).collect()
}

/// A member of a JSON object; `value` is JSON.
fn member(name: &str, value: impl std::fmt::Display) -> String {
    format!("\"{name}\": {value}")
}

fn object(members: &[String]) -> String {
    format!("{{{}}}", members.join(", "))
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}

fn text(value: impl std::fmt::Display) -> String {
    let value = value.to_string();
    assert!(!value.contains(['"', '\\']) && value.chars().all(|c| !c.is_control()), "{value}");
    format!("\"{value}\"")
}

fn type_name(of: Ty) -> String {
    text(match of {
        Ty::I32 => "i32",
        Ty::I64 => "i64",
        Ty::F32 => "f32",
        Ty::F64 => "f64",
        Ty::V128 => panic!("no JavaScript value is a v128"),
    })
}

fn val_type(of: Ty) -> ValType {
    match of {
        Ty::I32 => ValType::I32,
        Ty::I64 => ValType::I64,
        Ty::F32 => ValType::F32,
        Ty::F64 => ValType::F64,
        Ty::V128 => ValType::V128,
    }
}

/// A module that gives a JavaScript function a wasm type, in base 64.
fn typed(params: &[Ty], result: Option<Ty>) -> String {
    let mut types = TypeSection::new();
    types.ty().function(params.iter().copied().map(val_type), result.map(val_type));
    let mut imports = ImportSection::new();
    imports.import("env", "callee", EntityType::Function(0));
    let mut exports = ExportSection::new();
    exports.export("callee", ExportKind::Func, 0);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&FunctionSection::new()).section(&exports);
    text(base64(&module.finish()))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for index in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * index) & 0x3f) as usize];
            out.push(if index <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// `M`: what each parameter of the callee must be.
fn from_interp(key: &str, slot: u32) -> String {
    let shape = Shape::of_key(key);
    let param = |param: &Param| {
        let kind = |name: &str| member("kind", text(name));
        object(&match *param {
            Param::StackPointer => vec![kind("stack")],
            Param::ReturnBuffer => vec![kind("ret")],
            Param::Zero => vec![kind("zero")],
            Param::EntryPoint => vec![kind("entry")],
            Param::Address(at) => vec![kind("address"), member("at", at)],
            Param::Load(of, at) => vec![kind("load"), member("at", at), member("type", type_name(of))],
        })
    };
    let types: Vec<Ty> = shape.params().into_iter().map(Param::ty).collect();
    object(&[
        member("key", text(key)),
        member("slot", slot),
        member("managed", shape.managed),
        member("area", shape.area),
        member("returnSize", if let Ret::Struct(size) = shape.ret { size } else { 8 }),
        member("result", shape.result().map_or("null".to_owned(), type_name)),
        member("params", list(shape.params().iter().map(param))),
        member("calleeModule", typed(&types, shape.result())),
    ])
}

/// `I`: where the runtime looks for each parameter of the thunk, from its transition block on.
fn to_interp(key: &str, slot: u32) -> String {
    let signature = &key[1..];
    let shape = Shape::of_signature(signature);
    let (located, area) = arg_iterator::arguments(signature);
    // One for each wasm parameter that is an argument.
    let mut places = located.iter().flat_map(|argument| match argument.what {
        What::Hidden => vec![(argument.offset, None)],
        What::Values { count, width } => (0..count).map(|index| (argument.offset + index * width, None)).collect(),
        What::Struct(size) => vec![(argument.offset, Some(size))],
        What::Empty => vec![],
    });
    let mut params = Vec::new();
    for param in shape.params() {
        let kind = |name: &str| member("kind", text(name));
        let of_type = member("type", type_name(param.ty()));
        params.push(object(&match param {
            Param::StackPointer => vec![kind("stack"), of_type],
            Param::ReturnBuffer => vec![kind("ret"), of_type],
            Param::EntryPoint => vec![kind("entry"), of_type],
            _ => {
                let (at, size) = places.next().expect("a place for every parameter");
                let size = size.map(|size| member("size", size));
                let kind = kind(if size.is_some() { "struct" } else { "value" });
                [vec![kind, of_type, member("at", at)], size.into_iter().collect()].concat()
            }
        }));
    }
    assert!(places.next().is_none(), "{key}");
    object(&[
        member("key", text(key)),
        member("slot", slot),
        member("area", area),
        member("result", shape.result().map_or("null".to_owned(), type_name)),
        member("params", list(params)),
    ])
}

/// What the host is to do with the image in a file, at places that no other image is put at.
fn plan(name: &str, file: &std::path::Path, bytes: &[u8], format: &ImageFormat, places: [u32; 4]) -> String {
    let read = ready_to_run::open(bytes).expect("an image");
    let announced = read.wasm.as_ref().expect("a module").announced().expect("sizes").expect("sizes");
    let code = read.ready_to_run.as_ref().expect("code");
    let sections = code.import_sections().expect("import sections");
    let mut fixups =
        sections.iter().flat_map(|section| code.fixups(section).expect("fixups")).map(|fixup| fixup.unwrap());
    let cell = fixups.find(|fixup| fixup.payload == Payload::Helper(R2R_TO_INTERPRETER)).map(|fixup| fixup.cell);
    let thunks = read.thunks().expect("thunks");
    // What the compiler has made with vectors no JavaScript function can be called with.
    let called = |key: &&str| Shape::of_signature(&key[1..]).params().iter().all(|param| param.ty() != Ty::V128);
    let of_kind = |kind: char, plan: fn(&str, u32) -> String| {
        let thunks = thunks.iter().filter(|thunk| thunk.key.starts_with(kind) && called(&thunk.key));
        list(thunks.map(|thunk| plan(thunk.key, thunk.table_index)))
    };
    let names = &format.imports;
    let imports = [
        &names.stack_pointer,
        &names.image_base,
        &names.table_base,
        &names.async_continuation,
        &names.table,
        &names.restore_context_tag,
        &names.memory,
    ];
    let [image_base, table_base, stack_top, arena] = places;
    object(&[
        member("name", text(name)),
        member("file", text(file.display())),
        member("imports", list(imports.map(text))),
        member("payloadSize", announced.payload_size),
        member("tableSize", announced.table_size.expect("a number of slots")),
        member("imageBase", image_base),
        member("tableBase", table_base),
        member("stackTop", stack_top),
        member("arena", arena),
        member("helperCell", cell.map_or("null".to_owned(), |cell| cell.to_string())),
        member("helperModule", typed(&[Ty::I32; 4], None)),
        member("fromInterp", of_kind('M', from_interp)),
        member("toInterp", of_kind('I', to_interp)),
    ])
}

#[test]
#[ignore = "needs node"]
fn every_thunk_has_its_effect_and_the_compilers_image_loads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let keys = keys();
    let thunks: Vec<Thunk> = keys.iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    let (into, out): (Vec<&String>, Vec<&String>) = keys.iter().partition(|key| key.starts_with('I'));
    let mut plans = Vec::new();
    let mut expected = String::new();
    for (version, places) in
        RuntimeVersion::ALL.into_iter().zip([[0x2_1230, 57, 0x1_0000, 0x20_0000], [0x10, 1, 0x30_0000, 0x18_0010]])
    {
        let name = format!("thunks for {version}");
        let format = &version.facts().image;
        let mut identity = Identity::new("Thunks".parse().unwrap());
        identity.format = format.clone();
        let bytes = image(&thunks, &identity).unwrap();
        let file = folder.path().join(format!("{version}.wasm"));
        std::fs::write(&file, &bytes).expect("a written file");
        plans.push(plan(&name, &file, &bytes, format, places));
        let read = ready_to_run::open(&bytes).unwrap();
        let size = read.wasm.as_ref().unwrap().payload().unwrap().bytes.len();
        let slots = keys.len() + 3;
        expected += &format!("{name}: {size} bytes, {slots} slots, {} out, {} in\n", out.len(), into.len());
    }
    let file = crate_dir().join("fixtures/crossgen2-11.0.0/k.wasm");
    let bytes = std::fs::read(&file).expect("the compiler's image");
    let format = &RuntimeVersion::V11_0.facts().image;
    plans.push(plan("k.dll by crossgen2", &file, &bytes, format, [0x4_0000, 1000, 0x2_0000, 0x20_0000]));
    expected += "k.dll by crossgen2: 7680 bytes, 76 slots, 21 out, 9 in\n";

    let plan = folder.path().join("plan.json");
    std::fs::write(&plan, object(&[member("images", list(plans))])).expect("a written file");
    let run = node().arg(crate_dir().join("support/webcil-host.mjs")).arg(&plan).output().expect("node runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(String::from_utf8_lossy(&run.stdout), expected);
}

#[test]
fn base64_is_that_of_the_rfc() {
    for (bytes, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
        assert_eq!(base64(bytes.as_bytes()), expected);
    }
}
