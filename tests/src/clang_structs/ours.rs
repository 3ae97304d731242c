//! The generator's side: a written assembly through its reader, resolution, layout and lowering.

use clr_metadata::columns::method_def;
use clr_metadata::{TableId, Token, TypeSig, decode_method};
use clr_wasm_abi::types::{Input, Role, Type, TypeArguments, TypeSystem};
use clr_wasm_abi::{LayoutEngine, LayoutTarget, ReturnToken, Signature, TokenSet};
use thunkgen_diagnostics::Diagnostics;

use super::facts::{Facts, WasmType};
use crate::wasm::keys::Shape;

/// What the generator says of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// Sizes, alignments and wasm types.
    pub facts: Facts,
    /// Signature string of the function that takes it.
    pub param: String,
    /// Signature string of the function that returns it.
    pub ret: String,
}

/// A universe of one assembly and what it references.
pub fn load<'a>(assembly: &'a [u8], references: &'a [(String, Vec<u8>)]) -> TypeSystem<'a> {
    let written = Input { path: "written", bytes: assembly, role: Role::Input };
    let references = references.iter().map(|(path, bytes)| Input { path, bytes, role: Role::Reference });
    let mut diagnostics = Diagnostics::default();
    let type_system = TypeSystem::load(&[written].into_iter().chain(references).collect::<Vec<_>>(), &mut diagnostics);
    let problems: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:?}");
    type_system
}

/// What the generator says of each struct of the assembly, in their order, or why it refuses it.
pub fn ours(type_system: &TypeSystem<'_>, name: &str, target: LayoutTarget) -> Vec<Result<Ours, String>> {
    let index = type_system.find_assembly(name).expect("the written assembly");
    let module = &type_system[index].module;
    let layouts = LayoutEngine::new(type_system, target, Default::default());
    // Two P/Invokes for each struct: the first takes it, the second returns it.
    let methods = module.tables.rows(TableId::MethodDef);
    let one = |number: u32| {
        let (takes, returns) = (2 * number + 1, 2 * number + 2);
        for (method, prefix) in [(takes, 'p'), (returns, 'r')] {
            let method = module.string(method_def::NAME, method).expect("a name");
            assert_eq!(method, format!("{prefix}{number}"));
        }
        let signature = |method: u32| {
            let blob = module.tables.cell(method_def::SIGNATURE, method).expect("a signature");
            decode_method(&module.heaps, blob).expect("a signature that can be decoded")
        };
        let resolve = |sig: &TypeSig| {
            let resolved =
                type_system.instantiate(index, Token::new(TableId::MethodDef, takes), sig, TypeArguments::default());
            resolved.map_err(|error| error.to_string())
        };
        let (param, ret) = (resolve(&signature(takes).params[0])?, resolve(&signature(returns).ret)?);
        describe(&layouts, &param, &ret)
    };
    (0..methods / 2).map(one).collect()
}

fn describe(layouts: &LayoutEngine<'_, '_>, param: &Type, ret: &Type) -> Result<Ours, String> {
    let Type::Value(named) = param else { return Err(format!("{param:?} is no struct")) };
    let layout = layouts.of(named).map_err(|error| error.to_string())?;
    let token = layouts.lower(param).map_err(|error| error.to_string())?.param(TokenSet::Current);
    let takes = Signature::native(ReturnToken::Void, token.into_iter().collect()).to_string();
    let token = layouts.lower(ret).map_err(|error| error.to_string())?.ret();
    let returns = Signature::native(token, Vec::new()).to_string();
    let facts = Facts {
        size: layout.size,
        align: layout.align,
        offsets: layout.offsets.clone(),
        param: wasm_type(&takes),
        ret: wasm_type(&returns),
    };
    Ok(Ours { facts, param: takes, ret: returns })
}

/// The wasm type a signature string stands for, by the tests' own reading of it.
fn wasm_type(signature: &str) -> WasmType {
    let shape = Shape::of_signature(signature);
    WasmType {
        params: shape.params().into_iter().map(|param| param.ty()).collect(),
        results: shape.result().into_iter().collect(),
    }
}
