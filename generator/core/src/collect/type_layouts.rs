//! Layouts of the inputs' value types, for display: the offset of every field, and why the type has its token.

use std::collections::{BTreeMap, BTreeSet};

use super::{DeclaredSize, Options, declared_sizes};
use clr_metadata::columns::field;
use clr_metadata::{TableId, Token};
use clr_wasm_abi::types::{
    AssemblyId, BadImage, Definition, LayoutKind, Named, Role, Type, TypeDefId, TypeInfo, TypeKind, TypeSystem,
};
use clr_wasm_abi::{LayoutEngine, LayoutError, LayoutTarget, LowerError, Lowered};
use serde::Serialize;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_diagnostics::nearest_name::NearestName;

/// A value type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeLayout {
    /// Simple name of its assembly.
    pub assembly: String,
    /// Full name in reflection syntax.
    pub full_name: String,
    /// Metadata token.
    pub token: u32,
    /// Its layout, or why there is none.
    pub layout: Result<PlacedType, String>,
}

/// The layout of a value type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlacedType {
    /// How the fields are placed, in a few words.
    #[serde(rename = "layout")]
    pub algorithm: &'static str,
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes, as a field.
    #[serde(rename = "alignment")]
    pub align: u32,
    /// Signature token as a parameter.
    #[serde(rename = "signatureCode")]
    pub param_token: String,
    /// Signature token as a return.
    #[serde(rename = "returnSignatureCode")]
    pub return_token: String,
    /// Why the tokens are these.
    #[serde(skip)]
    pub why: String,
    /// Instance fields in metadata order.
    pub fields: Vec<PlacedField>,
}

/// An instance field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlacedField {
    /// Name.
    pub name: String,
    /// Type in C# syntax.
    #[serde(rename = "managedType")]
    pub type_name: String,
    /// Offset in bytes.
    pub offset: u32,
    /// Size in bytes; of an inline array, that of one element.
    pub size: u32,
}

/// Every non-generic value type of the inputs, by assembly and metadata order. `wanted` keeps those with this full
/// name, in references too.
///
/// A malformed file is reported.
pub fn type_layouts(
    type_system: &TypeSystem<'_>,
    options: &Options,
    wanted: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Vec<TypeLayout> {
    let declared: BTreeMap<String, DeclaredSize> = declared_sizes::with_built_in(&options.declared_sizes);
    let layouts = LayoutEngine::new(type_system, LayoutTarget::WASM32, declared);
    declared_sizes::check(&layouts, &options.declared_sizes, diagnostics);
    let reader = LayoutReader { layouts, options };
    let mut found = Vec::new();
    for (index, assembly) in type_system.assemblies() {
        let result = match wanted {
            Some(name) => reader.of_name(index, name, &mut found),
            None if assembly.role == Role::Input => reader.of_assembly(index, &mut found),
            None => Ok(()),
        };
        if let Err(damaged) = result {
            type_system.report(&damaged, diagnostics);
        }
    }
    type_system.report_exhausted(diagnostics);
    found
}

/// What a name that no value type has may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimilarTypes {
    /// Full names that end in it; of the inputs, or else of the references.
    pub ending: Vec<String>,
    /// The most similar full name.
    pub nearest: Option<String>,
}

/// The value types of the inputs and references with a name like this one.
///
/// A malformed file is reported.
pub fn similar_types(type_system: &TypeSystem<'_>, name: &str, diagnostics: &mut Diagnostics) -> SimilarTypes {
    let (mut inputs, mut references) = (BTreeSet::new(), BTreeSet::new());
    for (index, assembly) in type_system.assemblies() {
        let names = if assembly.role == Role::Input { &mut inputs } else { &mut references };
        for row in type_system[index].module.tables.all(TableId::TypeDef) {
            match type_system.type_info(TypeDefId { assembly: index, row }) {
                Ok(info) if matches!(info.kind, TypeKind::Struct | TypeKind::Enum) => {
                    _ = names.insert(info.full_name.clone())
                }
                Ok(_) => {}
                Err(damaged) => {
                    type_system.report(&damaged, diagnostics);
                    break;
                }
            }
        }
    }
    let dotted = name.replace('+', ".").to_ascii_lowercase();
    let ends = |full: &&String| {
        let full = full.replace('+', ".").to_ascii_lowercase();
        full.strip_suffix(&dotted).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let ending = |names: &BTreeSet<String>| -> Vec<String> { names.iter().filter(ends).cloned().collect() };
    let mut found = ending(&inputs);
    if found.is_empty() {
        found = ending(&references);
    }
    let all = || inputs.iter().chain(&references).map(String::as_str);
    let last = |full: &str| full.rsplit(['.', '+']).next().unwrap_or(full).to_ascii_lowercase();
    let nearest = || {
        let whole = NearestName::spelled(all(), str::to_ascii_lowercase);
        let by_last = || NearestName::spelled(all(), last).find(&last(name));
        whole.find(&name.to_ascii_lowercase()).or_else(by_last).map(str::to_owned)
    };
    SimilarTypes { nearest: if found.is_empty() { nearest() } else { None }, ending: found }
}

struct LayoutReader<'l, 'a> {
    layouts: LayoutEngine<'l, 'a>,
    options: &'l Options,
}

impl LayoutReader<'_, '_> {
    fn of_assembly(&self, assembly: AssemblyId, found: &mut Vec<TypeLayout>) -> Result<(), BadImage> {
        let type_system = self.layouts.type_system();
        for row in type_system[assembly].module.tables.all(TableId::TypeDef) {
            let info = type_system.type_info(TypeDefId { assembly, row })?;
            let is_value_type = matches!(info.kind, TypeKind::Struct | TypeKind::Enum);
            if is_value_type && info.generic_params == 0 {
                found.push(self.of_type(&info)?);
            }
        }
        Ok(())
    }

    fn of_name(&self, assembly: AssemblyId, name: &str, found: &mut Vec<TypeLayout>) -> Result<(), BadImage> {
        if let Some(id) = self.layouts.type_system().find_by_full_name(assembly, name)? {
            let info = self.layouts.type_system().type_info(id)?;
            found.push(self.of_type(&info)?);
        }
        Ok(())
    }

    fn of_type(&self, info: &TypeInfo<'_>) -> Result<TypeLayout, BadImage> {
        let named = Named { definition: Definition::Resolved(info.id), arguments: [].into() };
        let layout = match self.placed(info, named) {
            Ok(placed) => Ok(placed),
            Err(LowerError::Layout(LayoutError::BadImage(damaged))) => return Err(damaged),
            Err(error) => Err(error.to_string()),
        };
        Ok(TypeLayout {
            assembly: self.layouts.type_system()[info.id.assembly].name.to_owned(),
            full_name: info.full_name.clone(),
            token: 0x0200_0000 | info.id.row,
            layout,
        })
    }

    fn placed(&self, info: &TypeInfo<'_>, named: Named) -> Result<PlacedType, LowerError> {
        let type_system = self.layouts.type_system();
        let layout = self.layouts.of(&named)?;
        let types = self.layouts.field_types(&named, info)?;
        let mut fields = Vec::with_capacity(types.len());
        for ((field, ty), &offset) in info.fields.iter().zip(&*types).zip(&layout.offsets) {
            let assembly = info.id.assembly;
            let name = type_system[assembly].module.string(field::NAME, field.row);
            let name = name.map_err(TypeSystem::bad_image(assembly))?;
            let row = Token::new(TableId::Field, field.row);
            fields.push(PlacedField {
                name: type_system.keep(assembly, row, name)?.to_owned(),
                type_name: type_system.type_name(ty),
                offset,
                size: self.layouts.size_of(ty)?,
            });
        }
        let lowered = self.layouts.lower(&Type::Value(named))?;
        let param_token = lowered.param(self.options.tokens).map(|token| token.to_string()).unwrap_or_default();
        Ok(PlacedType {
            algorithm: algorithm(info, layout.contains_gc),
            size: layout.size,
            align: layout.align,
            param_token,
            return_token: lowered.ret().to_string(),
            why: why(info, lowered, &fields, layout.size, layout.abi_align),
            fields,
        })
    }
}

fn algorithm(info: &TypeInfo<'_>, contains_gc: bool) -> &'static str {
    match (info.kind, info.layout) {
        (TypeKind::Enum, _) => "enum",
        _ if info.inline_array.is_some() => "inline array",
        (_, LayoutKind::Auto) => "auto layout",
        (_, LayoutKind::Sequential) if contains_gc => {
            "sequential, laid out as auto layout because it contains references"
        }
        (_, LayoutKind::Sequential) => "sequential layout",
        (_, LayoutKind::Explicit) => "explicit layout",
        (_, LayoutKind::Extended) => "extended layout",
    }
}

fn why(info: &TypeInfo<'_>, lowered: Lowered, fields: &[PlacedField], size: u32, abi_align: u32) -> String {
    let by_address = || {
        let shape = match fields {
            [] => "it has no field".to_owned(),
            [_] if info.inline_array.is_some() => "it has several elements".to_owned(),
            [field] if field.size == size => format!("its only field, `{}`, is passed by address", field.name),
            [_] => "its only field does not fill it".to_owned(),
            _ => format!("it has {} fields", fields.len()),
        };
        let slots = if abi_align > 8 {
            format!(", in 16-aligned slots for its alignment of {abi_align}")
        } else {
            String::new()
        };
        format!("passed by address: {shape}{slots}")
    };
    match lowered {
        Lowered::Void => String::new(),
        Lowered::Struct { .. } => by_address(),
        Lowered::MultiSlot(multi) => {
            format!("passed as {} values of {} bytes, returned by address", multi.count(), multi.size() / multi.count())
        }
        Lowered::Scalar(_) => match fields {
            [field] => format!("passed as its only field, `{}`, which fills it", field.name),
            _ => "passed as a 128-bit vector".to_owned(),
        },
    }
}
