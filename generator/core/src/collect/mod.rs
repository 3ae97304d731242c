//! Collects the signatures that cross the boundary, with reasons: assemblies in, [`ir::Ir`] out.

mod blittable;
mod bodies;
mod callbacks;
mod conventions;
mod declarations;
mod declared_sizes;
mod delegates;
pub mod extra_signatures;
mod generics;
mod internal_calls;
pub mod ir;
mod library_name;
mod marshalling;
mod method_types;
mod native_symbols;
mod pinvokes;
mod platform_filter;
pub mod type_layouts;
mod unmanaged_calls;
mod variadic;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use clr_metadata::columns::method_def;
use clr_metadata::{TableId, Token};
use clr_wasm_abi::types::{Assembly, AssemblyId, BadImage, Role, TypeDefId, TypeSystem};
use clr_wasm_abi::{LayoutEngine, LayoutError, LayoutTarget, LowerError, TargetOs, TokenSet};
use extra_signatures::ExtraSignature;
use foldhash::HashMap;
use ir::{Ir, Reason, ReasonKind};
use method_types::SignatureError;
use thunkgen_diagnostics::{Diagnostics, Location, Rule, catalogue};

pub use clr_wasm_abi::DeclaredSize;
pub use library_name::LibraryName;
pub use variadic::looks_variadic;

/// Options of the collection, for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The operating system, which platform attributes are compared with.
    pub target_os: TargetOs,
    /// The runtime's token generation.
    pub tokens: TokenSet,
    /// The native libraries that are linked statically: P/Invokes of others get no table entry. [`LibraryName::ANY`]
    /// means all.
    pub modules: BTreeSet<LibraryName>,
    /// Sizes declared by the user, by full type name (`Namespace.Outer+Inner`).
    pub declared_sizes: BTreeMap<String, DeclaredSize>,
    /// Signatures that the user lists.
    pub extra_signatures: Vec<ExtraSignature>,
    /// Whether [`Ir::declarations`] is filled.
    pub declarations: bool,
    /// Each P/Invoke will be compared with the function itself: those of one symbol are not compared with each other, and
    /// [`Ir::declarations`] has those of libraries that are not linked too.
    pub trust_symbols: bool,
    /// Paths of the inputs that the user cannot edit, such as those of packages: `--strict` does not make problems of
    /// their declarations errors.
    pub others: BTreeSet<String>,
}

impl Options {
    /// True when P/Invokes of a library get a table entry.
    pub fn links(&self, library: &LibraryName) -> bool {
        let is_any = |name: &LibraryName| name.spelling() == LibraryName::ANY;
        is_any(library) || self.modules.contains(library) || self.modules.iter().any(is_any)
    }

    /// The default options of a target: no library is linked, no size declared.
    pub fn new(target_os: TargetOs) -> Options {
        Options {
            target_os,
            tokens: TokenSet::default(),
            modules: BTreeSet::new(),
            declared_sizes: BTreeMap::new(),
            extra_signatures: Vec::new(),
            declarations: false,
            trust_symbols: false,
            others: BTreeSet::new(),
        }
    }
}

/// Collects everything that the inputs of `type_system` need on one target.
///
/// Problems go to `diagnostics`; if one is an error, the result must not be used for output.
pub fn collect(type_system: &TypeSystem<'_>, options: &Options, diagnostics: &mut Diagnostics) -> Ir {
    let declared = declared_sizes::with_built_in(&options.declared_sizes);
    let layouts = LayoutEngine::new(type_system, LayoutTarget::WASM32, declared);
    declared_sizes::check(&layouts, &options.declared_sizes, diagnostics);
    let mut collector = Collector {
        type_system,
        layouts,
        options,
        diagnostics,
        ir: Ir::default(),
        exports: BTreeMap::new(),
        delegates: BTreeSet::new(),
        field_delegates: delegates::FieldDelegates::default(),
        ambiguous: BTreeSet::new(),
        verdicts: RefCell::default(),
        structs: declarations::Structs::default(),
        prototypes: declarations::Prototypes::default(),
    };
    collector.ir.skipped = type_system.skipped_files().iter().cloned().collect();
    collector.ir.totals.skipped_files = collector.ir.skipped.len();
    internal_calls::need_string_constructors(&mut collector.ir);
    extra_signatures::collect(&mut collector);
    let mut symbols = native_symbols::Symbols::default();
    let mut open_sites = Vec::new();
    for (index, assembly) in type_system.assemblies() {
        if assembly.role == Role::Input {
            collector.ir.totals.assemblies += 1;
            collector.guard(|collector| pinvokes::collect(collector, index, &mut symbols));
            collector.guard(|collector| delegates::collect(collector, index));
            collector.guard(|collector| internal_calls::collect(collector, index));
            collector.guard(|collector| callbacks::collect(collector, index));
            collector.guard(|collector| unmanaged_calls::collect(collector, index, &mut open_sites));
            collector.guard(|collector| delegates::collect_calls(collector, index, &mut open_sites));
        }
    }
    symbols.finish(&mut collector);
    collector.guard(|collector| generics::close(collector, open_sites));
    declarations::finish(&mut collector);
    type_system.report_exhausted(collector.diagnostics);
    collector.ir.requested_sizes = collector.layouts.requested_sizes();
    collector.ir
}

/// State that the collecting passes share.
struct Collector<'c, 'a> {
    type_system: &'c TypeSystem<'a>,
    layouts: LayoutEngine<'c, 'a>,
    options: &'c Options,
    diagnostics: &'c mut Diagnostics,
    ir: Ir,
    /// Exported C names and the keys of their callbacks.
    exports: BTreeMap<String, String>,
    /// Delegates whose keys were added, with how they are reported.
    delegates: BTreeSet<(TypeDefId, Option<Need>)>,
    field_delegates: delegates::FieldDelegates,
    /// Reverse-thunk keys that several callbacks have: none of them has a thunk.
    ambiguous: BTreeSet<String>,
    /// The platform attributes of types and assemblies, by assembly and token.
    verdicts: RefCell<HashMap<(AssemblyId, Token), Option<bool>>>,
    /// The structs of the declarations so far.
    structs: declarations::Structs,
    /// The prototypes of their function pointers.
    prototypes: declarations::Prototypes,
}

/// A method in messages: its location and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct MethodRef {
    path: String,
    assembly: String,
    full_name: String,
    token: u32,
    /// Offset of an instruction in the method's code.
    instruction: Option<u32>,
}

impl MethodRef {
    fn location(&self) -> Location {
        let instruction = self.instruction;
        let member = Location::member(&self.path, &self.full_name, self.token).of_assembly(&self.assembly);
        Location { instruction, ..member }
    }

    /// The row of the member.
    fn row(&self) -> Token {
        Token::from_u32(self.token).unwrap_or(Token::new(TableId::MethodDef, 0))
    }

    fn reason(&self, kind: ReasonKind) -> Reason {
        Reason { kind, assembly: self.assembly.clone(), member: self.full_name.clone(), token: self.token }
    }
}

/// The severity of an unknown size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Need {
    /// The code is kept: the missing thunk would trap at run time.
    Kept,
    /// The code is filtered out.
    Unused,
}

impl Need {
    fn unknown_size(self) -> &'static Rule {
        match self {
            Need::Kept => &catalogue::UNKNOWN_SIZE,
            Need::Unused => &catalogue::UNKNOWN_SIZE_UNUSED,
        }
    }
}

impl<'c, 'a> Collector<'c, 'a> {
    fn assembly(&self, index: AssemblyId) -> &'c Assembly<'a> {
        &self.type_system[index]
    }

    /// Runs a pass over one assembly; a malformed file ends the pass with an error.
    fn guard(&mut self, pass: impl FnOnce(&mut Self) -> Result<(), BadImage>) {
        if let Err(damaged) = pass(self) {
            self.type_system.report(&damaged, self.diagnostics);
        }
    }

    fn report(&mut self, rule: &'static Rule, method: &MethodRef, message: impl Into<String>) {
        self.diagnostics.report(rule, method.location(), message);
    }

    /// Reports a problem that only an edit of the declaration solves.
    fn report_declaration(&mut self, rule: &'static Rule, method: &MethodRef, message: impl Into<String>) {
        if self.options.others.contains(&method.path) {
            self.diagnostics.report_of_others(rule, method.location(), message);
        } else {
            self.report(rule, method, message);
        }
    }

    /// A MethodDef by name.
    fn method_ref(&self, index: AssemblyId, row: u32) -> Result<MethodRef, BadImage> {
        let assembly = self.assembly(index);
        let read = || {
            let name = assembly.module.string(method_def::NAME, row)?;
            Ok(match assembly.method_owner(row)? {
                Some(owner) => format!("{}.{name}", assembly.module.full_name(owner)?),
                None => name.to_owned(),
            })
        };
        let token = Token::new(TableId::MethodDef, row);
        let full_name = read().map_err(TypeSystem::bad_image(index))?;
        Ok(MethodRef {
            path: assembly.path.to_owned(),
            assembly: assembly.name.to_owned(),
            full_name: self.type_system.keep(index, token, full_name)?,
            token: token.to_u32(),
            instruction: None,
        })
    }

    /// A TypeDef by name.
    fn type_ref(&self, id: TypeDefId) -> Result<MethodRef, BadImage> {
        let assembly = self.assembly(id.assembly);
        let full_name = assembly.module.full_name(id.row).map_err(TypeSystem::bad_image(id.assembly))?;
        Ok(MethodRef {
            path: assembly.path.to_owned(),
            assembly: assembly.name.to_owned(),
            full_name: self.type_system.keep(id.assembly, id.token(), full_name)?,
            token: id.token().to_u32(),
            instruction: None,
        })
    }

    /// Reports why a method has no signature. A malformed file ends the pass.
    fn report_signature(&mut self, method: &MethodRef, error: SignatureError, need: Need) -> Result<(), BadImage> {
        let (rule, message) = signature_problem(error, need)?;
        self.report(rule, method, message);
        Ok(())
    }
}

/// The message for a method without a signature.
fn signature_problem(error: SignatureError, need: Need) -> Result<(&'static Rule, String), BadImage> {
    let place = error.place();
    Ok(match error.error {
        LowerError::Layout(LayoutError::BadImage(damaged)) => return Err(damaged),
        LowerError::Layout(LayoutError::Open { type_name }) => {
            let message = format!(
                "{place} needs the size of `{type_name}`, which depends on a generic parameter; native code needs one \
                 shape, so use a concrete type"
            );
            (need.unknown_size(), message)
        }
        LowerError::Layout(LayoutError::Unknown { type_name, reason }) => {
            let message = format!(
                "{place} needs the definition of `{type_name}`: {reason}; add the assembly with --reference, or, for a \
                 struct of several fields, declare --struct-size '{type_name}=SIZE[:ALIGN]'"
            );
            (need.unknown_size(), message)
        }
        LowerError::Layout(LayoutError::Invalid { type_name, reason }) => {
            let message = format!("{place} needs the type `{type_name}`, which the runtime cannot load: {reason}");
            (&catalogue::BAD_LAYOUT, message)
        }
        LowerError::Marshalling(reason) => (&catalogue::UNSUPPORTED_MARSHALLING, format!("{place}: {reason}")),
        LowerError::OpenParameter => {
            let message = format!("{place} is a type parameter, which has no native form; use a concrete type");
            (&catalogue::UNSUPPORTED_TYPE, message)
        }
    })
}
