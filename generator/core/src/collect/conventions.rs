//! Calling conventions: which calls the runtime refuses, and for which it has no thunk. `docs/reference/conventions.md` has the
//! table. Callbacks are not here: the runtime accepts every convention of `UnmanagedCallersOnly`.

use super::Collector;
use clr_metadata::columns::impl_map;
use clr_metadata::{AttributeValue, CallConv, MethodSig, TableId, Token, TypeSig};
use clr_wasm_abi::types::{AssemblyId, BadImage, KnownAttribute, TypeSystem};
use thunkgen_diagnostics::{Rule, catalogue};

/// CallConvMask of PInvokeAttributes, and the conventions of it that decide; `Winapi` leaves it to UnmanagedCallConv.
const MASK: u32 = 0x700;
const WINAPI: u32 = 0x100;
const THISCALL: u32 = 0x400;
const FASTCALL: u32 = 0x500;

/// `CallingConvention.ThisCall` and `FastCall`.
const THISCALL_OF_DELEGATE: i64 = 4;
const FASTCALL_OF_DELEGATE: i64 = 5;

/// A call that fails: what is wrong, and what to do.
pub(super) type Refusal = (&'static Rule, &'static str);

/// The conventions of a call, as far as it may fail for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Conventions {
    has_fastcall: bool,
    has_thiscall: bool,
    /// How many are given that exclude each other.
    count: usize,
    /// Why there is no thunk, if the runtime does not refuse the call first.
    without_thunk: Option<Refusal>,
}

impl Conventions {
    fn single(is_thiscall: bool, is_fastcall: bool) -> Conventions {
        Conventions { has_fastcall: is_fastcall, has_thiscall: is_thiscall, count: 1, without_thunk: None }
    }

    /// By the names of `CallConv` types. MemberFunction and SuppressGCTransition go with any other.
    fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Conventions {
        let mut conventions = Conventions::default();
        for name in names {
            match name {
                "CallConvCdecl" | "CallConvStdcall" | "CallConvSwift" => {}
                "CallConvThiscall" => conventions.has_thiscall = true,
                "CallConvFastcall" => conventions.has_fastcall = true,
                _ => continue,
            }
            conventions.count += 1;
        }
        conventions
    }

    /// Those of a call through a function pointer.
    pub fn of_signature(collector: &Collector<'_, '_>, index: AssemblyId, sig: &MethodSig) -> Conventions {
        if sig.conv != CallConv::Unmanaged {
            let single = Conventions::single(sig.conv == CallConv::ThisCall, sig.conv == CallConv::FastCall);
            let without_thunk = match sig.conv {
                CallConv::ThisCall => Some(THISCALL_CALLI),
                conv if is_vararg(conv) => Some(VARARG_CALLI),
                _ => None,
            };
            return Conventions { without_thunk: without_thunk.map(no_thunk), ..single };
        }
        let (mut ty, mut names) = (&sig.ret, Vec::new());
        while let TypeSig::Modified { modifier, inner, .. } = ty {
            names.extend(collector.assembly(index).token_name(*modifier).ok().flatten());
            ty = inner;
        }
        let is_convention = |namespace: &str| namespace == "System.Runtime.CompilerServices";
        Conventions::named(names.into_iter().filter(|(namespace, _)| is_convention(namespace)).map(|(_, name)| name))
    }

    /// Those of a P/Invoke.
    pub fn of_pinvoke(
        collector: &Collector<'_, '_>,
        index: AssemblyId,
        (import, method): (u32, u32),
        sig: &MethodSig,
    ) -> Result<Conventions, BadImage> {
        if is_vararg(sig.conv) {
            let without_thunk = Some((&catalogue::VARARG_CALL, VARARG_PINVOKE));
            return Ok(Conventions { without_thunk, ..Conventions::default() });
        }
        let tables = &collector.assembly(index).module.tables;
        let flags = tables.cell(impl_map::MAPPING_FLAGS, import).map_err(TypeSystem::bad_image(index))? & MASK;
        if !matches!(flags, 0 | WINAPI) {
            return Ok(Conventions::single(flags == THISCALL, flags == FASTCALL));
        }
        let token = Token::new(TableId::MethodDef, method);
        let attribute = collector.type_system.attribute(index, token, KnownAttribute::UnmanagedCallConv)?;
        let Some(attribute) = attribute else { return Ok(Conventions::default()) };
        let arguments = collector.type_system.attribute_arguments(index, attribute.row)?;
        let Some(AttributeValue::Array(Some(types))) = arguments.named("CallConvs") else {
            return Ok(Conventions::default());
        };
        Ok(Conventions::named(types.iter().filter_map(|ty| match ty {
            AttributeValue::Type(Some(name)) => {
                name.split(',').next()?.strip_prefix("System.Runtime.CompilerServices.")
            }
            _ => None,
        })))
    }

    /// That of a delegate, from its UnmanagedFunctionPointerAttribute.
    pub fn of_delegate(
        collector: &Collector<'_, '_>,
        index: AssemblyId,
        attribute: u32,
    ) -> Result<Conventions, BadImage> {
        let arguments = collector.type_system.attribute_arguments(index, attribute)?;
        Ok(match arguments.fixed.first() {
            Some(AttributeValue::Int(value)) => {
                Conventions::single(*value == THISCALL_OF_DELEGATE, *value == FASTCALL_OF_DELEGATE)
            }
            _ => Conventions::default(),
        })
    }

    /// Why a call fails; `None` if it does not.
    pub fn problem(self, has_params: bool) -> Option<Refusal> {
        if self.has_fastcall {
            Some(no_thunk("the runtime refuses the fastcall convention; use cdecl"))
        } else if self.count > 1 {
            Some(no_thunk("the runtime refuses two calling conventions at once; name one"))
        } else if self.has_thiscall && !has_params {
            Some(no_thunk("the runtime refuses the thiscall convention without a parameter; use cdecl"))
        } else {
            self.without_thunk
        }
    }
}

const THISCALL_CALLI: &str =
    "a calli with the thiscall convention: the runtime has no thunk for it; call through the cdecl convention";
const VARARG_CALLI: &str =
    "a calli with the vararg convention: the runtime has no thunk for it; call through the cdecl convention";
const VARARG_PINVOKE: &str = "the runtime has no thunk for the vararg convention; declare one P/Invoke per shape";

fn no_thunk(message: &'static str) -> Refusal {
    (&catalogue::NO_THUNK_CONVENTION, message)
}

fn is_vararg(conv: CallConv) -> bool {
    matches!(conv, CallConv::VarArg | CallConv::NativeVarArg)
}

/// Whether a type of function pointers names a signature that has a key.
pub(super) fn has_key(sig: &MethodSig) -> bool {
    matches!(sig.conv, CallConv::C | CallConv::StdCall | CallConv::Unmanaged)
}
