//! The custom attributes that change what is collected or how a type is laid out.

use super::assembly::Assembly;
use super::type_system::{AssemblyId, BadImage, TypeSystem};
use clr_metadata::columns::{custom_attribute, member_ref};
use clr_metadata::{AttributeArguments, EnumResolver, Primitive, ReadError, TableId, Token, TypeSig, decode_arguments};

macro_rules! known_attributes {
    ($($name:ident = $namespace:literal $type_name:literal;)*) => {
        /// An attribute the tool knows, found by its full name in whatever assembly.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs)] // named like the attribute classes
        #[non_exhaustive]
        pub enum KnownAttribute { $($name),* }

        impl KnownAttribute {
            fn from_name(namespace: &str, name: &str) -> Option<KnownAttribute> {
                // Mono knows it by its name alone, and libraries define their own.
                if name == "MonoPInvokeCallbackAttribute" {
                    return Some(KnownAttribute::MonoPInvokeCallback);
                }
                match (namespace, name) {
                    $(($namespace, $type_name) => Some(KnownAttribute::$name),)*
                    _ => None,
                }
            }
        }
    };
}

known_attributes! {
    UnmanagedCallersOnly = "System.Runtime.InteropServices" "UnmanagedCallersOnlyAttribute";
    UnmanagedFunctionPointer = "System.Runtime.InteropServices" "UnmanagedFunctionPointerAttribute";
    UnmanagedCallConv = "System.Runtime.InteropServices" "UnmanagedCallConvAttribute";
    WasmImportLinkage = "System.Runtime.InteropServices" "WasmImportLinkageAttribute";
    MonoPInvokeCallback = "ObjCRuntime" "MonoPInvokeCallbackAttribute";
    LcidConversion = "System.Runtime.InteropServices" "LCIDConversionAttribute";
    ExtendedLayout = "System.Runtime.InteropServices" "ExtendedLayoutAttribute";
    DisableRuntimeMarshalling = "System.Runtime.CompilerServices" "DisableRuntimeMarshallingAttribute";
    InlineArray = "System.Runtime.CompilerServices" "InlineArrayAttribute";
    Intrinsic = "System.Runtime.CompilerServices" "IntrinsicAttribute";
    IsByRefLike = "System.Runtime.CompilerServices" "IsByRefLikeAttribute";
    SupportedOSPlatform = "System.Runtime.Versioning" "SupportedOSPlatformAttribute";
    UnsupportedOSPlatform = "System.Runtime.Versioning" "UnsupportedOSPlatformAttribute";
}

/// One use of a known attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Attribute {
    /// What it is on.
    pub parent: Token,
    /// Which it is.
    pub kind: KnownAttribute,
    /// Its row in CustomAttribute.
    pub row: u32,
}

/// Bits of the table in a value of CustomAttributeType, and the tables.
const TAG_BITS: u32 = 3;
const METHOD_DEF: u32 = 2;
const MEMBER_REF: u32 = 3;

/// Every known attribute of an assembly, by parent.
#[derive(Debug, Default)]
pub(super) struct AttributeIndex(Vec<Attribute>);

impl AttributeIndex {
    /// One pass over CustomAttribute; each distinct constructor is looked at once.
    fn build(assembly: &Assembly<'_>) -> Result<AttributeIndex, ReadError> {
        let module = &assembly.module;
        // By row and table of the constructor, MethodDef or MemberRef.
        let rows = module.tables.rows(TableId::MethodDef).max(module.tables.rows(TableId::MemberRef));
        let mut constructors: Vec<Option<Option<KnownAttribute>>> = vec![None; (rows as usize + 1) * 2];
        let mut index = Vec::new();
        for (constructor, row) in module.tables.cells(custom_attribute::TYPE).zip(1..) {
            let is_method = matches!(constructor & 0x7, METHOD_DEF | MEMBER_REF);
            let at = (constructor >> TAG_BITS) as usize * 2 + (constructor & 1) as usize;
            let known = constructors.get(at).copied().flatten().filter(|_| is_method);
            let kind = match known {
                Some(kind) => kind,
                None => {
                    let token = module.tables.decode(custom_attribute::TYPE, constructor, row)?;
                    let kind = attribute_type(assembly, token)?;
                    if let Some(known) = constructors.get_mut(at) {
                        *known = Some(kind);
                    }
                    kind
                }
            };
            if let Some(kind) = kind {
                let parent = module.coded(custom_attribute::PARENT, row)?;
                // Thousands of methods have it, and only that of types matters.
                if kind == KnownAttribute::Intrinsic && parent.table != TableId::TypeDef {
                    continue;
                }
                index.push(Attribute { parent, kind, row });
            }
        }
        index.sort_unstable();
        Ok(AttributeIndex(index))
    }
}

fn attribute_type(assembly: &Assembly<'_>, constructor: Token) -> Result<Option<KnownAttribute>, ReadError> {
    let class = if constructor.table == TableId::MethodDef {
        assembly.method_owner(constructor.row)?.map(|row| Token::new(TableId::TypeDef, row))
    } else {
        Some(assembly.module.coded(member_ref::CLASS, constructor.row)?)
    };
    let Some(class) = class else { return Ok(None) };
    let name = assembly.token_name(class)?;
    Ok(name.and_then(|(namespace, name)| KnownAttribute::from_name(namespace, name)))
}

impl<'a> TypeSystem<'a> {
    /// Every known attribute of an assembly, by parent token.
    pub fn all_attributes(&self, assembly: AssemblyId) -> Result<&[Attribute], BadImage> {
        let found = &self[assembly];
        if found.attributes.get().is_none() {
            let index = AttributeIndex::build(found).map_err(Self::bad_image(assembly))?;
            found.attributes.get_or_init(|| index);
        }
        Ok(found.attributes.get().map_or(&[], |index| index.0.as_slice()))
    }

    /// The known attributes on a row.
    pub fn attributes(&self, assembly: AssemblyId, parent: Token) -> Result<&[Attribute], BadImage> {
        let all = self.all_attributes(assembly)?;
        let start = all.partition_point(|attribute| attribute.parent < parent);
        let length = all[start..].partition_point(|attribute| attribute.parent == parent);
        Ok(&all[start..start + length])
    }

    /// The first attribute of a kind on a row.
    pub fn attribute(
        &self,
        assembly: AssemblyId,
        parent: Token,
        kind: KnownAttribute,
    ) -> Result<Option<Attribute>, BadImage> {
        let attributes = self.attributes(assembly, parent)?;
        Ok(attributes.iter().copied().find(|attribute| attribute.kind == kind))
    }

    /// The arguments of an attribute.
    pub fn attribute_arguments(&self, assembly: AssemblyId, row: u32) -> Result<AttributeArguments<'a>, BadImage> {
        let module = &self[assembly].module;
        // Rows may share a long value.
        let find = || {
            let blob = module.tables.cell(custom_attribute::VALUE, row)?;
            Ok((module.coded(custom_attribute::TYPE, row)?, blob, module.heaps.blob(blob)?))
        };
        let (constructor, blob, value) = find().map_err(Self::bad_image(assembly))?;
        self.keep_value(assembly, row, value)?;
        let signature = self.method_signature(assembly, constructor)?;
        decode_arguments(&module.heaps, blob, &signature, &ResolvedEnums { type_system: self, assembly })
            .map_err(Self::bad_image(assembly))
    }
}

/// Enum sizes by resolution. An enum that cannot be resolved is taken for an `int` one: of the attributes known here
/// only those with `CallingConvention` and `ExtendedLayoutKind` have an enum argument, and both are.
struct ResolvedEnums<'u, 'a> {
    type_system: &'u TypeSystem<'a>,
    assembly: AssemblyId,
}

impl EnumResolver for ResolvedEnums<'_, '_> {
    fn of_sig(&self, sig: &TypeSig) -> Option<Primitive> {
        let TypeSig::ValueType(token) = sig else { return None };
        let resolved = self.type_system.resolve_token(self.assembly, *token).ok()?;
        let Ok(definition) = resolved else { return Some(Primitive::I4) };
        Some(self.type_system.enum_underlying(definition).unwrap_or(Primitive::I4))
    }

    fn of_name(&self, name: &str) -> Option<Primitive> {
        let mut parts = name.split(',').map(str::trim);
        let type_name = parts.next().unwrap_or_default();
        // Without an assembly it is the attribute's own or the core library.
        let homes = match parts.next() {
            Some(assembly) => [self.type_system.find_assembly(assembly), None],
            None => [Some(self.assembly), self.type_system.find_assembly("System.Private.CoreLib")],
        };
        let find = |home: AssemblyId| self.type_system.find_forwarded(home, type_name).ok()?;
        let definition = homes.into_iter().flatten().find_map(find)?;
        self.type_system.enum_underlying(definition)
    }

    fn is_system_type(&self, sig: &TypeSig) -> bool {
        let TypeSig::Class(token) = sig else { return false };
        let name = self.type_system[self.assembly].token_name(*token);
        matches!(name, Ok(Some(("System", "Type"))))
    }
}
