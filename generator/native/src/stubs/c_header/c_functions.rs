//! Prototypes, and the checks that find missing functions.

use super::abi;
use super::identifiers::Local;
use super::label::Label;
use super::spelling::CType;
use super::{Header, comments};
use crate::stubs::Library;
use crate::stubs::declared::{self, Declared};
use clr_wasm_abi::{Crossing, Signature};
use thunkgen_core::collect::ir::declarations::{Declaration, NativeType, Param};
use thunkgen_core::emit::cpp::Cpp;

/// A function type in C.
pub(super) struct CFunction {
    /// Type of the result.
    pub ret: CType,
    /// Types and names.
    params: Vec<(CType, String)>,
    /// Index of each declared parameter and its name in C.
    declared: Vec<(usize, String)>,
    /// Notes on how parameters and results are passed.
    notes: Vec<String>,
}

impl CFunction {
    pub(super) fn new(header: &Header<'_>, ret: &Param, params: &[Param], signature: &Signature) -> CFunction {
        let (names, structs) = (header.names, header.structs());
        let mut local = Local::new(&names.types);
        let (mut written, mut declared, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        let of_ret = CType::of(&ret.native, names);
        let ret = match abi::result(&ret.native, signature.ret, structs) {
            Crossing::AsIs | Crossing::AsSeveral(_) => of_ret,
            Crossing::As(scalar) => CType::scalar(scalar, names),
            Crossing::Nothing => CType::plain("void"),
            Crossing::ByAddress => {
                let name = local.name("result", "result");
                notes.push(format!("the result is written through `{name}`"));
                written.push((of_ret.pointer(), name));
                CType::plain("void")
            }
        };
        for (index, param) in params.iter().enumerate() {
            let name = local.name(&param.name, &format!("p{index}"));
            let of_param = CType::of(&param.native, names);
            let ty = match abi::param(&param.native, signature.params.get(index), structs) {
                Crossing::AsIs | Crossing::AsSeveral(_) => of_param,
                Crossing::As(scalar) => CType::scalar(scalar, names),
                Crossing::ByAddress => {
                    notes.push(format!("`{name}` is passed by address"));
                    of_param.constant().pointer()
                }
                Crossing::Nothing => {
                    notes.push(format!("`{name}` is empty and not passed"));
                    continue;
                }
            };
            declared.push((index, name.clone()));
            written.push((ty, name));
        }
        CFunction { ret, params: written, declared, notes }
    }

    /// The text between the parentheses.
    pub(super) fn params(&self) -> Vec<String> {
        if self.params.is_empty() {
            return vec!["void".to_owned()];
        }
        self.params.iter().map(|(ty, name)| ty.declare(name)).collect()
    }
}

/// Writes a prototype of each function.
pub(super) fn prototypes(out: &mut Cpp, header: &Header<'_>) {
    let library = header.stub_file.library;
    for (symbol, declaration) in symbols(library) {
        out.separate();
        prototype(out, header, symbol, declaration, &declared::of(declaration, header.stub_file.declarations));
    }
}

/// The functions with a symbol.
pub(super) fn symbols<'d>(library: &Library<'d>) -> impl Iterator<Item = (&'d str, &'d Declaration)> {
    let symbol = |function: &&'d Declaration| Some((function.entry_point.as_deref()?, *function));
    library.functions.iter().filter_map(symbol).filter(|(symbol, _)| !symbol.is_empty())
}

fn prototype(out: &mut Cpp, header: &Header<'_>, symbol: &str, declaration: &Declaration, ways: &[Declared<'_>]) {
    let name = header.names.function(symbol);
    let Declaration { ret, params, signature, .. } = declaration;
    let function = CFunction::new(header, ret, params, signature);
    for (number, way) in ways.iter().enumerate() {
        let (csharp, key) = (comments::plain(&way.csharp), way.signature.interp_key());
        if number == 0 {
            out.line(format_args!("// C#: {csharp}"));
            out.line(format_args!("// key: {key}"));
        } else if way.fits {
            out.line(format_args!("// Also declared as: {csharp}"));
        } else {
            out.line(format_args!(
                "// Also declared as: {csharp}, key {key}: a function can have only one of the signatures"
            ));
        }
    }
    for note in &function.notes {
        out.line(format_args!("// {note}"));
    }
    let label = if name == symbol { String::new() } else { format!(" __asm__({})", Label(symbol)) };
    if !label.is_empty() {
        out.line(format_args!("// Not a valid C identifier: define it as `{name}`."));
    }
    if let Some(comment) = header.comment(&declaration.documentation_id) {
        let named = |(index, name)| params.get(index).map(|param: &Param| (&*param.name, name));
        let declared = function.declared.iter().map(|(index, name)| (*index, name.as_str()));
        let documented: Vec<(&str, &str)> = declared.filter_map(named).collect();
        let has_result = ret.native != NativeType::Void && function.ret != CType::plain("void");
        comments::documentation(out, "", comment, &documented, has_result);
    }
    out.list(4, format_args!("{}{name}(", function.ret.result()), &function.params(), &format!("){label};"));
}

/// Writes the part for including the header again in C++: taking the address of an overloaded function is an error.
pub(super) fn overloads(out: &mut Cpp, header: &Header<'_>) {
    out.separate();
    out.line(format_args!("#elif defined(__cplusplus)"));
    out.line(format_args!(
        "// Included again: it is an error to take the address of a function with an overload without extern \"C\"."
    ));
    for name in names(header) {
        out.line(format_args!("static_assert(sizeof(&{name}) != 0, \"{name}\");"));
    }
    out.line(format_args!("#endif"));
}

/// Writes a table of all functions, so that linking fails if one is missing.
pub(super) fn required(out: &mut Cpp, header: &Header<'_>) {
    let (prefix, function) = (&header.names.prefix, &header.names.function);
    out.separate();
    out.line(format_args!("#if defined(THUNKGEN_REQUIRE_{prefix}) && !defined(THUNKGEN_REQUIRED_{prefix})"));
    out.line(format_args!("#define THUNKGEN_REQUIRED_{prefix}"));
    out.line(format_args!("#ifdef __cplusplus"));
    out.line(format_args!("#define THUNKGEN_ADDRESS(name) reinterpret_cast<{function}>(&name)"));
    out.line(format_args!("extern \"C\" {{"));
    out.line(format_args!("#else"));
    out.line(format_args!("#define THUNKGEN_ADDRESS(name) ({function})name"));
    out.line(format_args!("#endif"));
    // Not static: linkers before 15 drop static data that is used, with what it refers to.
    out.line(format_args!("extern const {function} thunkgen_required_{prefix}[];"));
    out.line(format_args!("__attribute__((used)) const {function} thunkgen_required_{prefix}[] = {{"));
    for name in names(header) {
        out.line(format_args!("    THUNKGEN_ADDRESS({name}),"));
    }
    out.line(format_args!("}};"));
    out.line(format_args!("#ifdef __cplusplus"));
    out.line(format_args!("}}"));
    out.line(format_args!("#endif"));
    out.line(format_args!("#undef THUNKGEN_ADDRESS"));
    out.line(format_args!("#endif"));
}

fn names<'h>(header: &'h Header<'_>) -> impl Iterator<Item = &'h str> {
    symbols(header.stub_file.library).map(|(symbol, _)| header.names.function(symbol))
}
