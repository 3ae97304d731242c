//! All assemblies of a run, by simple name.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Index;
use std::rc::Rc;

use super::assembly::Assembly;
use super::instantiate::type_nodes_of_run;
use super::signatures::signature_bytes_of_run;
use super::type_info::{TypeDefId, TypeInfo};
use clr_metadata::columns::assembly;
use clr_metadata::{self, Image, NotManaged, ReadError, TableId, Token};
use foldhash::{HashMap, HashMapExt};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue, escape_controls, shorten};

/// One file given to the tool.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The file as the user named it; the origin of diagnostics.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Whether signatures are collected from it.
    pub role: Role,
}

/// What an input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Signatures are collected from it.
    Input,
    /// Types are only resolved against it.
    Reference,
}

/// An assembly of a [`TypeSystem`], in the order of simple names: `type_system[id]` is the assembly. It means nothing to
/// another type system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssemblyId(usize);

/// A file turned out to be damaged when a part of it was needed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct BadImage {
    /// The assembly.
    pub assembly: AssemblyId,
    /// What is wrong with it.
    pub error: ReadError,
}

/// All assemblies of a run.
pub struct TypeSystem<'a> {
    assemblies: Vec<Assembly<'a>>,
    /// By lower-case simple name: the runtime compares simple names without case.
    by_name: HashMap<String, AssemblyId>,
    skipped_files: Vec<String>,
    pub(super) type_infos: RefCell<HashMap<TypeDefId, Rc<TypeInfo<'a>>>>,
    /// Nodes that types may still have, see [`type_nodes_of_run`].
    pub(super) type_nodes_left: Cell<usize>,
    /// Bytes of signatures that may still be decoded, see [`signature_bytes_of_run`].
    pub(super) signature_bytes_left: Cell<usize>,
    /// Bytes that names may still have, see [`text_of_run`].
    text_left: Cell<usize>,
    exhausted: RefCell<Option<BadImage>>,
}

/// Bytes of all names of a run, by the size of its inputs: rows that share one long name mean more text than memory
/// holds. Real assemblies need less than a tenth.
fn text_of_run(input_bytes: usize) -> usize {
    input_bytes.saturating_mul(10).saturating_add(4_000_000)
}

impl<'a> TypeSystem<'a> {
    /// Opens every managed file of `inputs`, skips what is not managed, and reports what is damaged, what is skipped
    /// although it may be meant, and every name that two files share.
    ///
    /// A reference with the name of an input is not used; the order of `inputs` makes no difference.
    pub fn load(inputs: &[Input<'a>], diagnostics: &mut Diagnostics) -> TypeSystem<'a> {
        let mut skipped_files = Vec::new();
        let mut found: BTreeMap<String, Vec<(Input<'a>, Assembly<'a>)>> = BTreeMap::new();
        for input in inputs {
            match open(input) {
                Ok(Ok(assembly)) => {
                    found.entry(assembly.name.to_lowercase()).or_default().push((*input, assembly));
                }
                Ok(Err(Skipped(why))) => {
                    skipped_files.push(input.path.to_owned());
                    if let Some(why) = why {
                        report_skipped(input.path, &why, diagnostics);
                    }
                }
                Err(error) => {
                    diagnostics.report(&catalogue::BAD_IMAGE, Location::file(input.path), error.to_string());
                }
            }
        }
        let input_bytes: usize = inputs.iter().map(|input| input.bytes.len()).sum();
        let mut type_system = TypeSystem {
            assemblies: Vec::new(),
            by_name: HashMap::new(),
            skipped_files,
            type_infos: RefCell::default(),
            type_nodes_left: Cell::new(type_nodes_of_run(input_bytes)),
            signature_bytes_left: Cell::new(signature_bytes_of_run(input_bytes)),
            text_left: Cell::new(text_of_run(input_bytes)),
            exhausted: RefCell::default(),
        };
        for (name, mut same_name) in found {
            same_name.sort_by_key(|(input, _)| (input.role, input.path));
            report_duplicates(&same_name, diagnostics);
            if let Some((_, assembly)) = same_name.into_iter().next() {
                type_system.by_name.insert(name, AssemblyId(type_system.assemblies.len()));
                type_system.assemblies.push(assembly);
            }
        }
        type_system
    }

    /// Every assembly, by simple name.
    pub fn assemblies(&self) -> impl Iterator<Item = (AssemblyId, &Assembly<'a>)> {
        self.assemblies.iter().enumerate().map(|(index, assembly)| (AssemblyId(index), assembly))
    }

    /// Paths of the inputs that are not managed files, in the order of the inputs.
    pub fn skipped_files(&self) -> &[String] {
        &self.skipped_files
    }

    /// The assembly with this simple name, compared without case.
    pub fn find_assembly(&self, name: &str) -> Option<AssemblyId> {
        self.by_name.get(&name.to_lowercase()).copied()
    }

    /// Counts a text that is kept for a row against what a run may keep.
    ///
    /// # Errors
    /// The texts of the run are too long.
    pub fn keep<T: AsRef<str>>(&self, assembly: AssemblyId, row: Token, text: T) -> Result<T, BadImage> {
        let reason = "shorter names, or fewer rows that share long ones, expected";
        self.take_of_run(&self.text_left, text.as_ref().len(), (assembly, row), reason)?;
        Ok(text)
    }

    /// Counts the value of an attribute, which may contain texts, against the same limit.
    pub(super) fn keep_value(&self, assembly: AssemblyId, row: u32, value: &[u8]) -> Result<(), BadImage> {
        let reason = "shorter values, or fewer attributes that share long ones, expected";
        let row = Token::new(TableId::CustomAttribute, row);
        self.take_of_run(&self.text_left, value.len(), (assembly, row), reason)
    }

    /// Takes an amount from what the run may have.
    pub(super) fn take_of_run(
        &self,
        left: &Cell<usize>,
        amount: usize,
        row: (AssemblyId, Token),
        reason: &'static str,
    ) -> Result<(), BadImage> {
        self.take(left, amount, row, reason).inspect_err(|exhausted| {
            self.exhausted.borrow_mut().get_or_insert_with(|| exhausted.clone());
        })
    }

    /// Reports the first error of a limit of the run, unless there are other errors. Some callers that only describe a type
    /// ignore it; the run has to fail at its end.
    pub fn report_exhausted(&self, diagnostics: &mut Diagnostics) {
        if let Some(exhausted) = &*self.exhausted.borrow()
            && !diagnostics.has_errors()
        {
            self.report(exhausted, diagnostics);
        }
    }

    /// Takes an amount from what is left. The error names the row that takes the rest.
    pub(super) fn take(
        &self,
        left: &Cell<usize>,
        amount: usize,
        (assembly, row): (AssemblyId, Token),
        reason: &'static str,
    ) -> Result<(), BadImage> {
        // 0 stays 0: what comes after is refused too.
        left.set(left.get().saturating_sub(amount));
        if left.get() > 0 {
            return Ok(());
        }
        Err(BadImage { assembly, error: self[assembly].module.tables.error(row.table, row.row, reason) })
    }

    /// Turns a failed read of an assembly into an error that says which.
    pub fn bad_image(assembly: AssemblyId) -> impl Fn(ReadError) -> BadImage {
        move |error| BadImage { assembly, error }
    }

    /// Reports a damaged file.
    pub fn report(&self, damaged: &BadImage, diagnostics: &mut Diagnostics) {
        let path = self[damaged.assembly].path;
        diagnostics.report(&catalogue::BAD_IMAGE, Location::file(path), damaged.error.to_string());
    }
}

impl<'a> Index<AssemblyId> for TypeSystem<'a> {
    type Output = Assembly<'a>;

    fn index(&self, id: AssemblyId) -> &Assembly<'a> {
        &self.assemblies[id.0]
    }
}

/// An input without signatures; with the reason, if the file may be meant to have some.
struct Skipped(Option<String>);

/// Reports a file without managed code that may be meant to have some; returns whether it is such a file.
pub fn report_suspicious(path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) -> bool {
    let is_unmanaged = matches!(Image::open(bytes), Ok(None));
    let why = is_unmanaged.then(|| suspicion(NotManaged::of(bytes))).flatten();
    if let Some(why) = &why {
        report_skipped(path, why, diagnostics);
    }
    why.is_some()
}

fn report_skipped(path: &str, why: &str, diagnostics: &mut Diagnostics) {
    diagnostics.report(&catalogue::SKIPPED_INPUT, Location::file(path), format!("skipped, because {why}"));
}

fn open<'a>(input: &Input<'a>) -> Result<Result<Assembly<'a>, Skipped>, ReadError> {
    let Some(module) = clr_metadata::open(input.bytes)? else {
        return Ok(Err(Skipped(suspicion(NotManaged::of(input.bytes)))));
    };
    // A netmodule has no name the runtime could find it by.
    let Some(name) = module.assembly_name()? else {
        let why = "its Assembly table is empty: it is a module of another assembly, or damaged";
        return Ok(Err(Skipped(Some(why.to_owned()))));
    };
    // A satellite assembly: resources of one culture, found by name and culture, and no code.
    let culture = module.string(assembly::CULTURE, 1)?;
    if !culture.is_empty() {
        let methods = module.tables.rows(TableId::MethodDef);
        let has_code = methods > 0 || module.tables.rows(TableId::ImplMap) > 0;
        let culture = escape_controls(&shorten(culture, LONGEST_CULTURE));
        let why = || {
            format!(
                "its culture is `{culture}`, so the runtime uses only its resources, but it has {methods} methods; \
                 build it again, or without a culture"
            )
        };
        return Ok(Err(Skipped(has_code.then(why))));
    }
    Ok(Ok(Assembly::new(input.path, name, input.role, module)))
}

/// Names of cultures have at most 85 characters (`LOCALE_NAME_MAX_LENGTH`).
const LONGEST_CULTURE: usize = 85;

/// Why a file without managed code may be meant to have some.
fn suspicion(kind: NotManaged) -> Option<String> {
    Some(match kind {
        NotManaged::NativeImage | NotManaged::Wasm => return None,
        NotManaged::Empty => "it is empty; build it again".to_owned(),
        NotManaged::UnknownFormat => {
            "it is not an assembly: a PE image, a Webcil image or a WebAssembly module expected".to_owned()
        }
        NotManaged::NoCliHeader(offset) => {
            format!("its PE header has no CLI header, although there is metadata at offset {offset:#x}; build it again")
        }
        NotManaged::UnknownWasmVersion(version) => {
            format!("it is a WebAssembly module of the unknown version {version:#x}; version 1 expected")
        }
    })
}

/// Two inputs of one name are an error, and so are two different references where no input takes precedence.
fn report_duplicates(same_name: &[(Input<'_>, Assembly<'_>)], diagnostics: &mut Diagnostics) {
    let Some(((first, assembly), others)) = same_name.split_first() else { return };
    for (other, _) in others {
        let clash = match (first.role, other.role) {
            (Role::Input, Role::Input) => true,
            (Role::Input, Role::Reference) => false,
            _ => first.bytes != other.bytes,
        };
        if clash {
            let message = format!(
                "assembly `{}` is also in {}; the runtime finds assemblies by simple name, so remove one of the two",
                assembly.name, first.path
            );
            diagnostics.report(&catalogue::DUPLICATE_ASSEMBLY, Location::file(other.path), message);
        }
    }
}
