//! From a signature back to types that lower to it.
//!
//! The runtime's compiler does this to make thunks for keys alone: scalars become the primitive of their kind, and for
//! structs it remembers, by size, the first type it met of each class (plain parameter, 16-aligned parameter, return).

use std::collections::BTreeMap;
use std::rc::Rc;

use clr_metadata::{Primitive, TableId};
use clr_wasm_abi::types::{Definition, Named, Type, TypeDefId, TypeKind};
use clr_wasm_abi::{
    LayoutEngine, Lowered, MultiSlot, ParamToken, ReturnToken, Scalar, Signature, StructAlign, TokenSet,
};

/// Largest struct in bytes that is made a part of a pair.
const MAX_PAIRED: u32 = 64;

/// A signature with types in place of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// What is returned.
    pub ret: Type,
    /// The parameters. A generic context before an async continuation is the first of them: both are one pointer.
    pub params: Vec<Type>,
    /// An instance method.
    pub has_this: bool,
    /// Has a generic context that is told apart from a leading parameter.
    pub has_generic_context: bool,
    /// An async method.
    pub is_async: bool,
    /// The managed convention.
    pub managed: bool,
}

/// The first struct of each size, by class.
#[derive(Clone, Debug, Default)]
pub struct Structs {
    plain: BTreeMap<u32, Type>,
    aligned: BTreeMap<u32, Type>,
    returns: BTreeMap<u32, Type>,
}

/// Raises signatures to types of one set of assemblies.
pub struct Raiser<'l, 'u, 'a> {
    layouts: &'l LayoutEngine<'u, 'a>,
    structs: Structs,
}

impl<'l, 'u, 'a> Raiser<'l, 'u, 'a> {
    /// Remembers every value type of the assemblies that is not generic and has a layout.
    pub fn new(layouts: &'l LayoutEngine<'u, 'a>) -> Raiser<'l, 'u, 'a> {
        let mut structs = Structs::default();
        for (assembly, opened) in layouts.type_system().assemblies() {
            for row in opened.module.tables.all(TableId::TypeDef) {
                let id = TypeDefId { assembly, row };
                let info = layouts.type_system().type_info(id).expect("a sound assembly");
                if info.kind == TypeKind::Struct && info.generic_params == 0 {
                    let named = Named { definition: Definition::Resolved(id), arguments: Rc::new([]) };
                    structs.remember(layouts, Type::Value(named));
                }
            }
        }
        let mut raiser = Raiser { layouts, structs };
        // Classes and sizes that only generic types have.
        let generic = [
            ("System.Span`1", Primitive::U1),
            ("System.Nullable`1", Primitive::U1),
            ("System.Runtime.Intrinsics.Vector128`1", Primitive::Boolean),
        ];
        for (name, argument) in generic {
            if let Some(ty) = raiser.named(name, &[Type::Primitive(argument)]) {
                raiser.structs.remember(layouts, ty);
            }
        }
        raiser.remember_pairs();
        for multi in [MultiSlot::L2, MultiSlot::V2, MultiSlot::V4] {
            if let Some(ty) = raiser.multi_slot(multi) {
                raiser.structs.remember(layouts, ty);
            }
        }
        raiser
    }

    /// Two structs one behind the other, for sizes that no type has by itself.
    fn remember_pairs(&mut self) {
        let small = |structs: &BTreeMap<u32, Type>| -> Vec<Type> {
            structs.range(..=MAX_PAIRED).map(|(_, ty)| ty.clone()).collect()
        };
        let first = [small(&self.structs.plain), small(&self.structs.aligned)].concat();
        for first in &first {
            for second in small(&self.structs.plain) {
                let pair = self.named("System.Collections.Generic.KeyValuePair`2", &[first.clone(), second]);
                pair.into_iter().for_each(|pair| self.structs.remember(self.layouts, pair));
            }
        }
    }

    /// Sizes that a parameter of a class can have.
    pub fn param_sizes(&self, align: StructAlign) -> Vec<u32> {
        self.structs.params(align).keys().copied().collect()
    }

    /// Sizes that a return can have.
    pub fn return_sizes(&self) -> Vec<u32> {
        let mut sizes: Vec<u32> = self.structs.returns.keys().chain(self.structs.plain.keys()).copied().collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// Types that lower to a signature. The error is the token that no type of these assemblies lowers to.
    pub fn raise(&self, signature: &Signature) -> Result<Raised, String> {
        Ok(Raised {
            ret: self.ret(signature.ret).ok_or_else(|| signature.ret.to_string())?,
            params: signature
                .params
                .iter()
                .map(|token| self.param(*token).ok_or_else(|| token.to_string()))
                .collect::<Result<_, _>>()?,
            has_this: signature.has_this,
            has_generic_context: signature.has_generic_context,
            is_async: signature.is_async,
            managed: signature.managed,
        })
    }

    /// Lowers types to a signature, as for a method that is declared with them.
    pub fn lower(&self, raised: &Raised) -> Signature {
        let lower = |ty: &Type| self.layouts.lower(ty).unwrap_or_else(|error| panic!("{ty:?}: {error}"));
        let param = |ty: &Type| lower(ty).param(TokenSet::Current).expect("no parameter is void");
        Signature {
            ret: lower(&raised.ret).ret(),
            has_this: raised.has_this,
            has_generic_context: raised.has_generic_context,
            is_async: raised.is_async,
            params: raised.params.iter().map(param).collect(),
            managed: raised.managed,
        }
    }

    fn ret(&self, token: ReturnToken) -> Option<Type> {
        match token {
            ReturnToken::Void => Some(Type::Primitive(Primitive::Void)),
            ReturnToken::Scalar(scalar) => self.scalar(scalar),
            ReturnToken::Struct(size) => {
                self.structs.returns.get(&size).or_else(|| self.structs.plain.get(&size)).cloned()
            }
        }
    }

    fn param(&self, token: ParamToken) -> Option<Type> {
        match token {
            ParamToken::Scalar(scalar) => self.scalar(scalar),
            ParamToken::MultiSlot(multi) => self.multi_slot(multi),
            ParamToken::Struct { size, align } => self.structs.params(align).get(&size).cloned(),
            ParamToken::Empty => None,
        }
    }

    fn scalar(&self, scalar: Scalar) -> Option<Type> {
        Some(Type::Primitive(match scalar {
            Scalar::I32 => Primitive::I4,
            Scalar::I64 => Primitive::I8,
            Scalar::F32 => Primitive::R4,
            Scalar::F64 => Primitive::R8,
            Scalar::V128 => return self.vector("System.Runtime.Intrinsics.Vector128`1"),
        }))
    }

    fn multi_slot(&self, multi: MultiSlot) -> Option<Type> {
        match multi {
            MultiSlot::L2 => self.named("System.Int128", &[]),
            MultiSlot::V2 => self.vector("System.Runtime.Intrinsics.Vector256`1"),
            MultiSlot::V4 => self.vector("System.Runtime.Intrinsics.Vector512`1"),
        }
    }

    fn vector(&self, name: &str) -> Option<Type> {
        self.named(name, &[Type::Primitive(Primitive::U1)])
    }

    fn named(&self, name: &str, arguments: &[Type]) -> Option<Type> {
        let type_system = self.layouts.type_system();
        let core_library = type_system.find_assembly("System.Private.CoreLib")?;
        let id = type_system.find_by_full_name(core_library, name).expect("a sound assembly")?;
        Some(Type::Value(Named { definition: Definition::Resolved(id), arguments: arguments.into() }))
    }
}

impl Structs {
    fn params(&self, align: StructAlign) -> &BTreeMap<u32, Type> {
        match align {
            StructAlign::Slot => &self.plain,
            StructAlign::Sixteen => &self.aligned,
        }
    }

    /// A type that is passed by address goes to its parameters' class, one in several values only to the returns.
    fn remember(&mut self, layouts: &LayoutEngine<'_, '_>, ty: Type) {
        let Ok(lowered) = layouts.lower(&ty) else { return };
        match (lowered, lowered.param(TokenSet::Current)) {
            (Lowered::MultiSlot(multi), _) => _ = self.returns.entry(multi.size()).or_insert(ty),
            (_, Some(ParamToken::Struct { size, align: StructAlign::Slot })) => {
                self.plain.entry(size).or_insert(ty);
            }
            (_, Some(ParamToken::Struct { size, align: StructAlign::Sixteen })) => {
                self.returns.entry(size).or_insert_with(|| ty.clone());
                self.aligned.entry(size).or_insert(ty);
            }
            _ => {}
        }
    }
}
