//! Signatures that the user lists because no assembly shows that they are called.
//!
//! A file is [read](fn@read) without any assembly; its types are looked up when a target is collected.

mod declaration;
mod file;
mod scan;
mod type_lookup;
mod type_text;

use super::ir::{Reason, ReasonKind};
use super::method_types::MethodTypes;
use super::{Collector, Need};
use clr_wasm_abi::Signature;
use clr_wasm_abi::types::BadImage;
use declaration::ExtraDeclaration;
use thunkgen_diagnostics::{Location, catalogue};
use type_lookup::NameError;
use type_text::Typed;

pub use file::read;

/// One line of a file of extra signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraSignature {
    /// The file as the user named it.
    file: String,
    /// 1-based line.
    line: u32,
    /// The reason that the user gives.
    reason: String,
    wanted: ExtraCall,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ExtraCall {
    /// A key as the runtime prints it; it is used literally for every token set.
    Key(Signature),
    /// A declaration whose tokens depend on its types.
    Declaration(ExtraDeclaration),
}

impl ExtraSignature {
    fn reason(&self) -> Reason {
        Reason {
            kind: ReasonKind::Extra,
            assembly: format!("{}({})", self.file, self.line),
            member: self.reason.clone(),
            token: 0,
        }
    }

    fn location(&self, column: u32) -> Location {
        Location::position(&*self.file, self.line, column)
    }
}

/// Adds the keys of all extra signatures.
pub(super) fn collect(collector: &mut Collector<'_, '_>) {
    let options = collector.options;
    for extra in &options.extra_signatures {
        match &extra.wanted {
            ExtraCall::Key(signature) => collector.ir.need(signature.clone(), extra.reason()),
            ExtraCall::Declaration(declaration) => collector.guard(|collector| need(collector, extra, declaration)),
        }
    }
}

fn need(
    collector: &mut Collector<'_, '_>,
    extra: &ExtraSignature,
    declaration: &ExtraDeclaration,
) -> Result<(), BadImage> {
    let mut resolve = |typed: &Typed| match type_lookup::resolve(collector.type_system, &typed.ty) {
        Ok(ty) => Ok(Some(ty)),
        Err(NameError::BadImage(damaged)) => Err(damaged),
        Err(NameError::Ambiguous(message)) => {
            collector.diagnostics.report(&catalogue::BAD_EXTRA_SIGNATURE, extra.location(typed.column), message);
            Ok(None)
        }
    };
    let ret = resolve(&declaration.ret)?;
    let params = declaration.params.iter().map(resolve).collect::<Result<Option<Vec<_>>, BadImage>>()?;
    let (Some(ret), Some(params)) = (ret, params) else { return Ok(()) };
    let types = MethodTypes { ret, params };
    let tokens = collector.options.tokens;
    let lowered = match declaration {
        ExtraDeclaration { managed: false, .. } => types.native(&collector.layouts, tokens),
        ExtraDeclaration { has_this, is_generic, is_async, .. } => {
            types.managed_hidden(&collector.layouts, tokens, *has_this, (*is_generic, *is_async))
        }
    };
    match lowered {
        Ok(signature) => collector.ir.need(signature, extra.reason()),
        Err(error) => {
            let typed = error.param.and_then(|index| declaration.params.get(index)).unwrap_or(&declaration.ret);
            let (rule, message) = super::signature_problem(error, Need::Kept)?;
            collector.diagnostics.report(rule, extra.location(typed.column), message);
        }
    }
    Ok(())
}
